// The hunt, fix-16b: what tea costs in three shops, and a clock that should never stop.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>

#include "../../exercises/16-debugging/fix-16b.cpp"

namespace {

aio::Coro<int> ask_shop(std::string shop, std::string thing) {
  const int letters = static_cast<int>(shop.size() + thing.size());
  co_await aio::sleep(std::chrono::milliseconds(10 * letters));  // the shop is far away
  co_return 300 + 7 * letters;
}

aio::Coro<> run_clock(std::chrono::milliseconds& longest) {
  for (;;) {
    const auto before = aio::running_loop().time();
    co_await aio::sleep(std::chrono::milliseconds(50));
    const auto took = aio::running_loop().time() - before;
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(took));
  }
}

aio::Coro<> look_around() {
  const std::vector<std::string> shops = {"North", "South", "Harbour"};
  std::chrono::milliseconds longest{};
  const aio::Task<> clock = aio::create_task(run_clock(longest), "clock");
  for (int round = 1; round <= 6; ++round) {
    const Offer best = co_await best_offer(ask_shop, shops, "tea", std::chrono::milliseconds(700));
    std::printf("tea: %d at %s\n", best.price, best.shop.c_str());
    std::fflush(stdout);
  }
  clock.cancel();
  std::printf("a clock that ticks every 50 ms once stood still for %d ms\n",
              static_cast<int>(longest.count()));
}

}  // namespace

int main() { aio::run(look_around()); }
