// Exercise fix-6d. Check it with: ./learn check fix-6d
// fix-6d: a view of letters that change before they are read.

#include <chrono>
#include <string>
#include <string_view>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "lifetimes.hpp"
#include "name.hpp"

using namespace std::chrono_literals;

namespace {

aio::Coro<std::string> loudly(std::string_view text) {
  co_await aio::sleep(1s);
  co_return std::string(text) + "!";
}

}  // namespace

aio::Coro<std::string> announce(std::string who) {
  const Name name(who);
  return loudly(name.view());
}
