// A program of your own: change it as you like, and run it with ./learn try 10. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/gather.hpp>
#include <aio/lock.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

aio::Lock lock;

aio::Coro<> paint(const char* who) {
  const auto held = co_await lock.scoped();
  std::printf("%s takes the brush\n", who);
  co_await aio::sleep(100ms);
  std::printf("%s puts it back\n", who);
}

aio::Coro<> program() { co_await aio::gather(paint("Ann"), paint("Ben")); }

int main() { aio::run(program()); }
