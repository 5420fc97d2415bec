// A program of your own: change it as you like, and run it with ./learn try 16. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

aio::Coro<> sleeper() { co_await aio::sleep(200ms); }

aio::Coro<> program() {
  const aio::LoopStatistics statistics;
  const aio::Task<> one = aio::create_task(sleeper(), "sleeper");
  co_await aio::sleep(100ms);
  std::printf("%s", aio::dump_tasks().c_str());
  co_await one;
  std::printf("%s", aio::to_prometheus(statistics.figures()).c_str());
}

int main() { aio::run(program()); }
