// A cook who is faster than the waiters, and a counter without an end.

#include <chrono>
#include <string>

#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

#include "kitchen.hpp"

using namespace std::chrono_literals;
using kitchen::say;

namespace {

// [pile]
aio::Coro<> cook(aio::Queue<int>& counter) {
  for (int plate = 1;; ++plate) {
    co_await aio::sleep(10ms);
    co_await counter.put(plate);
  }
}

aio::Coro<> waiter(aio::Queue<int>& counter) {
  for (;;) {
    co_await counter.get();
    co_await aio::sleep(1s);
  }
}

aio::Coro<> evening(long room) {
  aio::Queue<int> counter(room);
  const auto cooks = aio::create_task(cook(counter));
  const auto serves = aio::create_task(waiter(counter));
  for (int hour = 1; hour <= 3; ++hour) {
    co_await aio::sleep(1h);
    say(std::to_string(counter.size()) + " plates wait");
  }
  cooks.cancel();
  serves.cancel();
  co_await aio::sleep(0s);  // both leave the counter before it is gone
}
// [/pile]

}  // namespace

int main() {
  say("no limit");
  aio::run(evening(0), {.clock = &kitchen::virtual_clock});
  say("room for 10");
  aio::run(evening(10), {.clock = &kitchen::virtual_clock});
}
