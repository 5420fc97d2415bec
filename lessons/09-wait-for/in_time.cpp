// Not for ever: wait_for, timeouts in one another, a shield.

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "pages.hpp"

using namespace std::chrono_literals;
using pages::download, pages::say;

namespace {

// [wait_for]
aio::Coro<> with_wait_for() {
  try {
    say(co_await aio::wait_for(download("news", 30s), 2s));
  } catch (const aio::TimeoutError&) {
    say("no news");
  }
}
// [/wait_for]

// [nested]
aio::Coro<> two_pages() {
  try {
    co_await aio::wait_for(download("news", 30s), 2s);
  } catch (const aio::TimeoutError&) {
    say("no news, then sport");
  }
  co_await download("sport", 30s);
}

aio::Coro<> nested() {
  try {
    co_await aio::timeout(5s, two_pages);
  } catch (const aio::TimeoutError&) {
    say("no more time");
  }
}
// [/nested]

// [shield]
aio::Coro<> with_shield() {
  const auto news = aio::create_task(download("news", 3s));
  try {
    co_await aio::wait_for(aio::shield(news), 2s);
  } catch (const aio::TimeoutError&) {
    say("news will be late");
  }
  say(co_await news);
}
// [/shield]

void show(const char* title, aio::Coro<> main) {
  std::puts(title);
  pages::virtual_clock = aio::VirtualClock();
  aio::run(std::move(main), {.clock = &pages::virtual_clock});
}

}  // namespace

int main() {
  show("wait_for", with_wait_for());
  show("one timeout in another", nested());
  show("shield", with_shield());
}
