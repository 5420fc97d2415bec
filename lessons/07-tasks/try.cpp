// A program of your own: change it as you like, and run it with ./learn try 07. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/task.hpp>

using namespace std::chrono_literals;

aio::Coro<int> cook(const char* what, std::chrono::milliseconds time) {
  std::printf("%s: on the stove\n", what);
  co_await aio::sleep(time);
  std::printf("%s: done\n", what);
  co_return 1;
}

aio::Coro<> program() {
  const auto soup = aio::create_task(cook("soup", 300ms));
  const auto rice = aio::create_task(cook("rice", 200ms));
  std::printf("%d dishes\n", co_await soup + co_await rice);
}

int main() { aio::run(program()); }
