// A timeout by hand that cancels, and does not wait for the end.

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

// [cancelled]
aio::Coro<> cancelled() {
  const auto news = aio::create_task(download("news", 30s));
  const std::vector all(1, news);
  co_await aio::wait(all, aio::ReturnWhen::all_completed, 2s);
  if (!news.done()) news.cancel();
  say("the connection is free");
  co_await aio::sleep(40s);
}
// [/cancelled]

}  // namespace

int main() { aio::run(cancelled(), {.clock = &pages::virtual_clock}); }
