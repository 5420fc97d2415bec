// A timeout by hand: it stops waiting, but the download goes on.

#include <chrono>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

#include "pages.hpp"

using namespace std::chrono_literals;
using pages::download, pages::say;

namespace {

// [by_hand]
aio::Coro<> by_hand() {
  const auto news = aio::create_task(download("news", 30s));
  const std::vector all(1, news);
  co_await aio::wait(all, aio::ReturnWhen::all_completed, 2s);
  say(news.done() ? news.result() : "no news in 2 s");
  co_await aio::sleep(40s);
  say("good night");
}
// [/by_hand]

}  // namespace

int main() { aio::run(by_hand(), {.clock = &pages::virtual_clock}); }
