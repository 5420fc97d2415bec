// A program of your own: change it as you like, and run it with ./learn try 09. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/task.hpp>
#include <aio/wait_for.hpp>

using namespace std::chrono_literals;

aio::Coro<int> slow_answer() {
  co_await aio::sleep(1s);
  co_return 42;
}

aio::Coro<> program() {
  try {
    std::printf("%d\n", co_await aio::wait_for(slow_answer(), 100ms));
  } catch (const aio::TimeoutError&) {
    std::puts("no answer within a tenth of a second");
  }
}

int main() { aio::run(program()); }
