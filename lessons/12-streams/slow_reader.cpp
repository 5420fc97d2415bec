// A fast writer and a slow reader: how much waits between them?

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "pair.hpp"

using namespace std::chrono_literals;

namespace {

constexpr std::size_t page = 100'000;
constexpr int pages = 200;

/// Remembers the most that has waited.
void note(const aio::Stream& out, std::size_t& most) { most = std::max(most, out.unsent()); }

// [naive]
aio::Coro<std::size_t> write_only(aio::Stream& out) {
  std::size_t most = 0;
  for (int i = 0; i < pages; ++i) {
    out.write(std::string(page, 'x'));
    note(out, most);
  }
  co_return most;
}
// [/naive]

// [drain]
aio::Coro<std::size_t> write_and_drain(aio::Stream& out) {
  std::size_t most = 0;
  for (int i = 0; i < pages; ++i) {
    out.write(std::string(page, 'x'));
    note(out, most);
    co_await out.drain();
  }
  co_return most;
}
// [/drain]

/// Reads a page, and thinks about it.
aio::Coro<> read_slowly(aio::Stream in) {
  for (int i = 0; i < pages; ++i) {
    co_await in.read_exactly(page);
    co_await aio::sleep(10ms);
  }
}

aio::Coro<> show(const char* name, aio::Coro<std::size_t> (*writer)(aio::Stream&)) {
  auto [here, there] = wire::pair();
  const auto reading = aio::create_task(read_slowly(std::move(there)));
  const std::size_t most = co_await writer(here);
  std::printf("%-16s %5zu KB of %zu waited in memory\n", name, most / 1000, pages * page / 1000);
  co_await reading;
}

aio::Coro<> compare() {
  co_await show("only write():", write_only);
  co_await show("and drain():", write_and_drain);
}

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(compare(), {.clock = &clock});
}
