// Predict: in which order does this print?

#include <chrono>
#include <cstdio>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

// [line]
aio::Queue<int> counter(1);

aio::Coro<> cook() {
  for (int plate = 1; plate <= 3; ++plate) {
    co_await counter.put(plate);
    std::printf("plate %d is on the counter\n", plate);
  }
}

aio::Coro<> waiter() {
  for (int served = 0; served < 3; ++served) {
    const int plate = co_await counter.get();
    std::printf("plate %d is served\n", plate);
    co_await aio::sleep(1s);
  }
}

aio::Coro<> evening() { co_await aio::gather(cook(), waiter()); }
// [/line]

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(evening(), {.clock = &clock});
}
