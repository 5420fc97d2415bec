// A lock: one letter at a time, in the order of arrival.

#include <chrono>
#include <string>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/lock.hpp>
#include <aio/task.hpp>

#include "office.hpp"

using namespace std::chrono_literals;

namespace {

// [lock]
aio::Lock printer;

aio::Coro<> print(std::string name) {
  const auto guard = co_await printer.scoped();
  co_await office::print_letter(name);
}
// [/lock]

aio::Coro<> print_later(std::string name) {
  co_await aio::sleep(1s);
  co_await print(name);
}

aio::Coro<> in_turn() { co_await aio::gather(print("ann"), print("bob"), print_later("cid")); }

}  // namespace

int main() { aio::run(in_turn(), {.clock = &office::virtual_clock}); }
