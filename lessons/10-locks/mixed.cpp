// Two letters on one printer, and nobody waits: the pages are mixed.

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "office.hpp"

namespace {

// [mixed]
aio::Coro<> mixed() {
  co_await aio::gather(office::print_letter("ann"), office::print_letter("bob"));
}
// [/mixed]

}  // namespace

int main() { aio::run(mixed(), {.clock = &office::virtual_clock}); }
