// fix-6b: a coroutine that outlives what its parameter refers to.

#include <chrono>
#include <string>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "lifetimes.hpp"
#include "name.hpp"

using namespace std::chrono_literals;

namespace {

//: fix-6b now
aio::Coro<std::string> greet(Name name) {
  co_await aio::sleep(1s);
  co_return "hello, " + name.text();
}
//: fix-6b was
// aio::Coro<std::string> greet(const Name& name) {
//   co_await aio::sleep(1s);
//   co_return "hello, " + name.text();
// }
//: fix-6b end

}  // namespace

aio::Coro<std::string> welcome(std::string who) { return greet(Name(who)); }
