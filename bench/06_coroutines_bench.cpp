// Lesson 06: call something small n times, one call after the other. A function, std::async (a
// thread for each call), a coroutine.

#include <cstdint>
#include <future>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "support/compare.hpp"

namespace {

volatile std::uint32_t sink;  // so that no compiler leaves the work out

[[gnu::noinline]] std::uint32_t next(std::uint32_t x) {
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return x;
}

void call_functions(int n) {
  std::uint32_t x = 1;
  for (int i = 0; i < n; ++i) x = next(x);
  sink = x;
}

void call_async(int n) {
  std::uint32_t x = 1;
  for (int i = 0; i < n; ++i) x = std::async(std::launch::async, next, x).get();
  sink = x;
}

// [calls]
aio::Coro<std::uint32_t> next_later(std::uint32_t x) { co_return next(x); }

aio::Coro<> call_coroutines(int n) {
  std::uint32_t x = 1;
  for (int i = 0; i < n; ++i) x = co_await next_later(x);
  sink = x;
}
// [/calls]

void await_coroutines(int n) { aio::run(call_coroutines(n)); }

}  // namespace

int main(int argc, char** argv) {
  const bench::Comparison calls{
      .sizes = {1, 100, 10'000, 1'000'000},
      .sync = {.work = call_functions},
      .thread = {.work = call_async, .most = 10'000},
      .async = {.work = await_coroutines},
  };
  return bench::run(argc, argv, calls);
}
