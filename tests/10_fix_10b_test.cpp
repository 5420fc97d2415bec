// fix-10b: seats that are sold twice.

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/lock.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "box_office.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::Task;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::lock);

/// A box office on virtual time, and what became of each buyer.
struct Evening : tests::Stage {
  explicit Evening(int seats) : office(seats) {}

  BoxOffice office;
  std::vector<Task<>> buyers{};

  Coro<> payment(std::string name, std::chrono::seconds takes) {
    story.step(name + " pays");
    co_await aio::sleep(takes);
    if (name == "poor") throw std::runtime_error("no money");
  }
  Coro<> buy(std::string name, std::chrono::seconds takes) {
    try {
      const bool sold = co_await office.buy(payment(name, takes));
      story.ran(name + (sold ? "-sits" : "-goes-home"));
    } catch (const std::runtime_error&) {
      story.ran(name + "-fails");
    } catch (const CancelledError&) {
      story.ran(name + "-cancelled");
    }
  }
  void come(std::string name, std::chrono::seconds takes) {
    buyers.push_back(aio::create_task(buy(std::move(name), takes)));
  }
  Coro<> end() {
    co_await aio::sleep(1h);
    int served = 0;
    for (const Task<>& buyer : buyers) served += buyer.done() ? 1 : 0;
    const auto all = static_cast<int>(buyers.size());
    EXPECT_STORY(story, served, all, "somebody still waits at the counter, and will for ever",
                 Seen{1, "the-counter-stays-closed"});
    EXPECT_STORY(story, office.left() >= 0, true,
                 "more seats are sold than there were: while one pays, others check. A lock helps "
                 "from where it is awaited (co_await counter_.scoped()) until its guard goes");
  }
};

TEST(Fix10b_BoxOffice, NoSeatIsSoldTwice) {
  Evening evening(2);
  evening.run([](Evening& e) -> Coro<> {
    for (const char* name : {"ann", "bob", "cid", "dan"}) e.come(name, 2s);
    co_await e.end();
  }(evening));
  EXPECT_STORY(evening.story, evening.office.left(), 0,
               "between the check and the taking others have checked too",
               Seen{-2, "only-the-check-is-locked"});
  EXPECT_STORY(evening.story, evening.story.order(),
               "ann-sits bob-sits cid-goes-home dan-goes-home",
               "two seats are for the two who came first, and who comes third is sent home when "
               "both have paid, not before: a payment may fail",
               Seen{"ann-sits bob-sits cid-sits dan-sits", "only-the-check-is-locked"});
}

TEST(Fix10b_BoxOffice, BuyersAreServedInTheOrderInWhichTheyCome) {
  Evening evening(1);
  evening.run([](Evening& e) -> Coro<> {
    e.come("slow", 9s);
    e.come("quick", 1s);
    co_await e.end();
  }(evening));
  EXPECT_STORY(evening.story, evening.story.order(), "slow-sits quick-goes-home",
               "who pays faster overtakes",
               Seen{"quick-sits slow-goes-home", "the-quick-overtake"});
}

TEST(Fix10b_BoxOffice, ASeatThatIsNotPaidIsForTheNext) {
  Evening evening(1);
  evening.run([](Evening& e) -> Coro<> {
    e.come("poor", 2s);
    e.come("rich", 2s);
    e.come("late", 2s);
    co_await e.end();
  }(evening));
  EXPECT_STORY(evening.story, evening.story.order(), "poor-fails rich-sits late-goes-home",
               "a payment that fails must sell nothing, and must let the next one through",
               Seen{"poor-fails", "the-counter-stays-closed"});
}

TEST(Fix10b_BoxOffice, ACancelledBuyerLeavesTheCounterFree) {
  Evening evening(1);
  evening.run([](Evening& e) -> Coro<> {
    e.come("first", 10s);
    e.come("second", 10s);
    e.come("third", 10s);
    co_await aio::sleep(1s);
    e.buyers.at(1).cancel();  // waits for the counter, or pays
    co_await aio::sleep(1s);
    e.buyers.at(0).cancel();  // pays
    co_await e.end();
  }(evening));
  EXPECT_STORY(evening.story, evening.story.order(), "second-cancelled first-cancelled third-sits",
               "the counter is not free after a buyer has left",
               Seen{"second-cancelled first-cancelled", "the-counter-stays-closed"});
}

TEST(Fix10b_BoxOffice, SoldOutAsksForNoPayment) {
  Evening evening(0);
  evening.run([](Evening& e) -> Coro<> {
    e.come("ann", 2s);
    co_await aio::sleep(1s);
    EXPECT_STORY(e.story, e.story.order(), "ann-goes-home", "there was nothing to pay for");
    co_await e.end();
  }(evening));
}

/// Two want the only seat; the second is cancelled, and a third comes afterwards.
struct Cancelled : tests::CancelScene {
  BoxOffice office{1};
  bool sold = false;

  Coro<> play() override { sold = co_await office.buy(errand("payment")); }
  Coro<> world(Coro<> playing) override {
    const Task<bool> first = aio::create_task(office.buy(errand_that_fails()));
    co_await std::move(playing);
    try {
      co_await first;
    } catch (const std::runtime_error&) {
    }
    const bool next = co_await office.buy(errand("another payment"));
    story.step(std::string("the next buyer gets ") + (next ? "the seat" : "none"));
    EXPECT_STORY(story, next, !sold,
                 "the seat of a buyer who was cancelled is lost, or sold twice");
  }
  Coro<> errand_that_fails() {
    co_await aio::sleep(1s);
    throw std::runtime_error("no money");
  }
};

TEST(Fix10b_BoxOffice, TheNextBuyerIsServedWheneverOneIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a buyer who was cancelled keeps the counter closed");
}

}  // namespace
