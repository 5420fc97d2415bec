// The same with task groups; a limit without an error; and something that is closed by awaiting.

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/move_on_after.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>
#include <aio/with.hpp>

#include "bookings.hpp"

using namespace std::chrono_literals;
using bookings::book, bookings::say;

namespace {

// [group]
aio::Coro<> both(aio::TaskGroup& group) {
  group.create_task(book("flight", 3s));
  group.create_task(book("hotel", 1s, false));
  co_return;
}

aio::Coro<> travel() {
  try {
    co_await aio::task_group(both);
    say("off we go");
  } catch (const aio::ExceptionGroup& group) {
    say(group.tree());
  }
}
// [/group]

// [move_on]
aio::Coro<> ask_for_an_upgrade() { co_await book("first class", 9s); }

aio::Coro<> board() {
  const bool lucky = co_await aio::move_on_after(2s, ask_for_an_upgrade);
  say(lucky ? "in front" : "in row 34");
}
// [/move_on]

// [with]
struct Car {
  aio::Coro<> aclose() {
    co_await aio::sleep(1s);
    say("  the car is back");
  }
};

aio::Coro<> drive(Car&) { co_await book("coast road", 2s, false); }

aio::Coro<> rent() {
  Car car;
  try {
    co_await aio::with(car, drive);
  } catch (const std::runtime_error& error) {
    say(error.what());
  }
}
// [/with]

void show(const char* title, aio::Coro<> main) {
  std::puts(title);
  bookings::virtual_clock = aio::VirtualClock();
  aio::run(std::move(main), {.clock = &bookings::virtual_clock});
}

}  // namespace

int main() {
  show("task_group", travel());
  show("move_on_after", board());
  show("with", rent());
}
