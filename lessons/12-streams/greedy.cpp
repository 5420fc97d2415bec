// A task that never has to wait, and what is left for a heartbeat beside it: counted, not timed.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "pair.hpp"

using namespace std::chrono_literals;

namespace {

constexpr int lines = 20'000;

// [greedy]
aio::Coro<int> count_lines(aio::Stream& in, int budget) {
  int count = 0;
  while (!(co_await in.read_line()).empty()) {
    if (++count % budget == 0) co_await aio::sleep(0s);  // the others first
  }
  co_return count;
}

aio::Coro<> heartbeat(int& beats) {
  for (;; ++beats) co_await aio::sleep(0s);
}
// [/greedy]

aio::Coro<> show(const char* name, int budget) {
  auto [here, there] = wire::pair();
  for (int i = 0; i < lines; ++i) here.write("1\n");
  here.write_eof();
  int beats = 0;
  const auto heart = aio::create_task(heartbeat(beats));
  const int counted = co_await count_lines(there, budget);
  heart.cancel();
  std::printf("%-20s %6d lines, %6d turns for a heartbeat meanwhile\n", name, counted, beats);
}

aio::Coro<> all() {
  co_await show("no budget", lines + 1);
  co_await show("500 lines", 500);
  co_await show("1 line", 1);
}

}  // namespace

int main() { aio::run(all()); }
