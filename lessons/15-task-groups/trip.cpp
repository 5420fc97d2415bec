// Predict: what does this print?

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

using namespace std::chrono_literals;

namespace {

// [trip]
aio::Coro<> book(std::string what, std::chrono::seconds takes, bool there_is_one = true) {
  try {
    co_await aio::sleep(takes);
  } catch (const aio::CancelledError&) {
    std::printf("%s is given up\n", what.c_str());
    throw;
  }
  if (!there_is_one) throw std::runtime_error("no " + what);
  std::printf("%s is booked\n", what.c_str());
}

aio::Coro<> evening(aio::TaskGroup& group) {
  group.create_task(book("dinner", 2s));
  group.create_task(book("opera", 5s));
  co_await book("taxi", 1s);
  std::puts("the evening is planned");
}

aio::Coro<> trip(aio::TaskGroup& group) {
  group.create_task(book("flight", 3s, false));
  co_await aio::task_group(evening);
  std::puts("the trip is planned");
}

aio::Coro<> plan() {
  try {
    co_await aio::task_group(trip);
  } catch (const aio::ExceptionGroup& group) {
    group.for_each<std::runtime_error>(
        [](const std::runtime_error& error) { std::printf("failed: %s\n", error.what()); });
  }
  std::puts("at home");
}
// [/trip]

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(plan(), {.clock = &clock});
}
