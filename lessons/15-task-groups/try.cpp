// A program of your own: change it as you like, and run it with ./learn try 15. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>
#include <stdexcept>

#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

using namespace std::chrono_literals;

aio::Coro<> fail() {
  co_await aio::sleep(100ms);
  throw std::runtime_error("the first one has failed");
}

aio::Coro<> two(aio::TaskGroup& group) {
  group.create_task(fail());
  co_await aio::sleep(1h);
}

aio::Coro<> program() {
  try {
    co_await aio::task_group(two);
  } catch (const aio::ExceptionGroup& group) {
    std::puts(group.tree().c_str());
  }
}

int main() { aio::run(program()); }
