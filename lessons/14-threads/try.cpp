// A program of your own: change it as you like, and run it with ./learn try 14. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>
#include <thread>

#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

using namespace std::chrono_literals;

int slow_sum(int a, int b) {
  std::this_thread::sleep_for(100ms);  // a call that blocks
  return a + b;
}

aio::Coro<> program() {
  const auto [one, other] =
      co_await aio::gather(aio::to_thread(slow_sum, 1, 2), aio::to_thread(slow_sum, 3, 4));
  std::printf("%d and %d\n", one, other);
}

int main() { aio::run(program()); }
