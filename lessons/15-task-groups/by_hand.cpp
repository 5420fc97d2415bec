// The same, cleaned up by hand: cancel the others, and wait for them.

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "bookings.hpp"

using namespace std::chrono_literals;
using bookings::book, bookings::say;

namespace {

// [by_hand]
aio::Coro<> travel() {
  std::vector<aio::Task<>> all;
  all.push_back(aio::create_task(book("flight", 3s)));
  all.push_back(aio::create_task(book("hotel", 1s, false)));
  std::string failure;
  try {
    co_await aio::gather(all);
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  for (const aio::Task<>& each : all) each.cancel();
  co_await aio::gather(aio::return_exceptions, all);
  say(failure.empty() ? "off we go" : failure + ": we stay at home");
}
// [/by_hand]

}  // namespace

int main() { aio::run(travel(), {.clock = &bookings::virtual_clock}); }
