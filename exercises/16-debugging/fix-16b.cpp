// Exercise fix-16b. Check it with: ./learn check fix-16b
// fix-16b: prices from several shops, which want a pause between two questions.

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "watch.hpp"

/// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
Finding found() { return {Fault::not_found_yet, "?"}; }

namespace {

using namespace std::chrono_literals;

/// Keeps a distance between questions, whoever asks them.
class Pace {
 public:
  explicit Pace(std::chrono::milliseconds gap) : gap_(gap) {}

  void wait_for_turn() {
    const aio::Clock::time_point now = aio::running_loop().time();
    const aio::Clock::time_point turn = std::max(now, next_);
    next_ = turn + gap_;
    if (turn > now) std::this_thread::sleep_for(turn - now);
  }

 private:
  const std::chrono::milliseconds gap_;
  aio::Clock::time_point next_{};  // when the next question may be asked
};

/// One search: a thing, and whom to ask for it.
class Search {
 public:
  Search(Ask ask, std::string thing, std::chrono::milliseconds gap)
      : ask_(std::move(ask)), thing_(std::move(thing)), pace_(gap) {}

  aio::Coro<Offer> in_all(std::vector<std::string> shops) {
    auto ask_all = [&](aio::TaskGroup& group) -> aio::Coro<> {
      for (const std::string& shop : shops) group.create_task(in(shop), shop);
      co_return;
    };
    co_await aio::task_group(ask_all);
    co_return best_;
  }

 private:
  aio::Coro<> in(std::string shop) {
    for (int attempt = 1; attempt <= 3; ++attempt) {
      try {
        const Offer offer = co_await ask_politely(shop);
        if (best_.shop.empty() || offer.price < best_.price) best_ = offer;
        co_return;
      } catch (const ShopBusy&) {  // it may be less busy at our next turn
      }
    }
  }

  aio::Coro<Offer> ask_politely(std::string shop) {
    pace_.wait_for_turn();
    const int price = co_await ask_(shop, thing_);
    co_return Offer{shop, price};
  }

  const Ask ask_;
  const std::string thing_;
  Pace pace_;
  Offer best_{};
};

}  // namespace

aio::Coro<Offer> best_offer(Ask ask, std::vector<std::string> shops, std::string thing,
                            std::chrono::milliseconds gap) {
  Search search(std::move(ask), std::move(thing), gap);
  co_return co_await search.in_all(std::move(shops));
}
