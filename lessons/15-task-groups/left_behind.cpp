// Two bookings with gather: one fails, and the other one goes on.

#include <chrono>
#include <stdexcept>
#include <string>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "bookings.hpp"

using namespace std::chrono_literals;
using bookings::book, bookings::say;

namespace {

// [left_behind]
aio::Coro<> travel() {
  try {
    co_await aio::gather(book("flight", 3s), book("hotel", 1s, false));
  } catch (const std::runtime_error& error) {
    say(std::string(error.what()) + ": we stay at home");
  }
  co_await aio::sleep(9s);
}
// [/left_behind]

}  // namespace

int main() { aio::run(travel(), {.clock = &bookings::virtual_clock}); }
