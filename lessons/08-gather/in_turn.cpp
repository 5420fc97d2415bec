// Three downloads, each awaited before the next begins: the times add up.

#include <chrono>
#include <string>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "pages.hpp"

using namespace std::chrono_literals;
using pages::download, pages::say;

namespace {

// [in_turn]
aio::Coro<> in_turn() {
  const std::string news = co_await download("news", 3s);
  const std::string sport = co_await download("sport", 1s);
  const std::string weather = co_await download("weather", 2s);
  say(news + ", " + sport + ", " + weather);
}
// [/in_turn]

}  // namespace

int main() { aio::run(in_turn(), {.clock = &pages::virtual_clock}); }
