// Three tasks at once, awaited in turn: together, but a failure is noticed late.

#include <chrono>
#include <stdexcept>
#include <string>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "pages.hpp"

using namespace std::chrono_literals;
using pages::download, pages::say;

namespace {

// [by_hand]
aio::Coro<> by_hand() {
  const auto news = aio::create_task(download("news", 30s));
  const auto sport = aio::create_task(download("broken", 1s));
  const auto weather = aio::create_task(download("weather", 2s));
  try {
    co_await news;
    co_await sport;
    co_await weather;
  } catch (const std::runtime_error& error) {
    say(error.what());
  }
}
// [/by_hand]

}  // namespace

int main() { aio::run(by_hand(), {.clock = &pages::virtual_clock}); }
