// Exercise fix-6c. Check it with: ./learn check fix-6c
// fix-6c: a lambda that is a coroutine, and gone before it has run.

#include <chrono>
#include <string>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "lifetimes.hpp"
#include "name.hpp"

using namespace std::chrono_literals;

aio::Coro<std::string> cook(std::string dish) {
  const Name name(dish);
  const auto slowly = [name]() -> aio::Coro<std::string> {
    co_await aio::sleep(1s);
    co_return name.text() + " is ready";
  };
  return slowly();
}
