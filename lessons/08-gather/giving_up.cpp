// A gather is cancelled while its children need some time to end: when does it end itself?

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "pages.hpp"

using namespace std::chrono_literals;
using pages::say;

namespace {

// [page]
aio::Coro<> page(std::string name, std::chrono::seconds closing) {
  bool cancelled = false;
  try {
    co_await aio::sleep(1h);
  } catch (const aio::CancelledError&) {
    cancelled = true;
  }
  co_await aio::sleep(closing);  // says goodbye to the server
  say("  " + name + " is closed");
  if (cancelled) throw aio::CancelledError();
}
// [/page]

// [giving_up]
template <class Gather>
aio::Coro<> give_up(Gather all) {
  co_await aio::sleep(2s);
  say("cancel");
  all.cancel();
  try {
    co_await all;
  } catch (const aio::CancelledError&) {
    say("the gather has ended");
  }
}
// [/giving_up]

aio::Coro<> plain() {
  co_await give_up(aio::gather(page("news", 1s), page("sport", 3s)));
  co_await aio::sleep(5s);
}
aio::Coro<> with_return_exceptions() {
  co_await give_up(aio::gather(aio::return_exceptions, page("news", 1s), page("sport", 3s)));
}

void show(const char* title, aio::Coro<> main) {
  std::puts(title);
  pages::virtual_clock = aio::VirtualClock();
  aio::run(std::move(main), {.clock = &pages::virtual_clock});
}

}  // namespace

int main() {
  show("gather", plain());
  show("gather with return_exceptions", with_return_exceptions());
}
