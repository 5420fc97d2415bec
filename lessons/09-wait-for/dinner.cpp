// Predict: in which order does this print?

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

using namespace std::chrono_literals;

namespace {

// [dinner]
aio::Coro<> cook(std::string dish, std::chrono::seconds time) {
  std::printf("%s is on\n", dish.c_str());
  try {
    co_await aio::sleep(time);
  } catch (const aio::CancelledError&) {
    std::printf("%s is taken off\n", dish.c_str());
    throw;
  }
  std::printf("%s is done\n", dish.c_str());
}

aio::Coro<> protect(aio::Task<> task) { co_await aio::shield(task); }

aio::Coro<> serve(std::string dish, aio::Coro<> cooking) {
  try {
    co_await aio::wait_for(std::move(cooking), 2s);
    std::printf("%s is served\n", dish.c_str());
  } catch (const aio::TimeoutError&) {
    std::printf("%s is late\n", dish.c_str());
  }
}

aio::Coro<> dinner() {
  co_await serve("soup", cook("soup", 1s));
  co_await serve("roast", cook("roast", 3s));
  const aio::Task<> cake = aio::create_task(cook("cake", 3s));
  co_await serve("cake", protect(cake));
  co_await serve("cake", protect(cake));
}
// [/dinner]

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(dinner(), {.clock = &clock});
}
