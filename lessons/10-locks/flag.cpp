// A flag, and tasks that look at it again and again: whoever looks at the right moment is next.

#include <chrono>
#include <string>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "office.hpp"

using namespace std::chrono_literals;

namespace {

// [flag]
bool busy = false;

aio::Coro<> print(std::string name) {
  while (busy) co_await aio::sleep(1500ms);
  busy = true;
  co_await office::print_letter(name);
  busy = false;
}

aio::Coro<> print_later(std::string name) {
  co_await aio::sleep(2500ms);
  co_await print(name);
}

aio::Coro<> with_a_flag() { co_await aio::gather(print("ann"), print("bob"), print_later("cid")); }
// [/flag]

}  // namespace

int main() { aio::run(with_a_flag(), {.clock = &office::virtual_clock}); }
