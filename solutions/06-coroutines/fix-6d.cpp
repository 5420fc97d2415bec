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

//: fix-6d now
aio::Coro<std::string> loudly(std::string text) {
  co_await aio::sleep(1s);
  co_return text + "!";
}
//: fix-6d was
// aio::Coro<std::string> loudly(std::string_view text) {
//   co_await aio::sleep(1s);
//   co_return std::string(text) + "!";
// }
//: fix-6d end

}  // namespace

aio::Coro<std::string> announce(std::string who) {
  const Name name(who);
  //: fix-6d now
  return loudly(std::string(name.view()));
  //: fix-6d was
  // return loudly(name.view());
  //: fix-6d end
}
