// Callbacks without a queue: each calls the next. Then the same with a queue.

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <utility>

#include <aio/event_loop.hpp>

namespace {

const char* bottom = nullptr;  // an address in main()'s frame
std::ptrdiff_t deepest = 0;    // how far below it the stack has reached

void note_depth() {
  const char here = 0;
  const char* volatile address = &here;  // keeps it on the stack
  deepest = std::max(deepest, bottom - address);
}

// [chain]
/// Takes a callback, and sees to it that it is called. Must outlive the chain.
using Schedule = std::function<void(std::move_only_function<void()>)>;

void count_down(const Schedule& schedule, char name, int left) {
  note_depth();
  if (left % 5'000 == 0) std::printf("  %c %d\n", name, left);
  if (left > 0) schedule([&schedule, name, left] { count_down(schedule, name, left - 1); });
}
// [/chain]

void run_two(const Schedule& schedule) {
  deepest = 0;
  count_down(schedule, 'a', 10'000);
  count_down(schedule, 'b', 10'000);
}

void report() { std::printf("  stack: %td bytes\n", deepest); }

}  // namespace

int main() {
  const char frame = 0;
  bottom = &frame;

  std::puts("direct calls:");
  // [direct]
  const Schedule now = [](auto callback) { callback(); };
  run_two(now);
  // [/direct]
  report();

  std::puts("through the loop's queue:");
  // [queued]
  aio::EventLoop loop;
  const Schedule soon = [&loop](auto callback) { loop.call_soon(std::move(callback)); };
  run_two(soon);
  while (loop.has_ready()) loop.run_once();
  // [/queued]
  report();
}
