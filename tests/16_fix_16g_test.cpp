// fix-16g: the till of a shop.

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/cancel_anywhere.hpp"
#include "support/hunt.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"
#include "till.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task;
using tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::debug);

tests::Hunt<Finding> hunt() { return {found(), Fault::lock_kept, {"pay"}}; }

/// A bank that needs a second for everything, and notes when two are there.
class OneDesk final : public Bank {
 public:
  Coro<int> balance(std::string) override {
    const Visit visit(*this);
    co_await aio::sleep(1s);
    co_return cents;
  }
  Coro<> set_balance(std::string, int now) override {
    const Visit visit(*this);
    co_await aio::sleep(1s);
    cents = now;
  }

  int cents = 1000;
  bool crowded = false;

 private:
  struct Visit {
    explicit Visit(OneDesk& at) : desk(at) { desk.crowded = desk.crowded || ++desk.there_ > 1; }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { --desk.there_; }
    OneDesk& desk;
  };
  int there_ = 0;
};

class SlowRoll final : public Printer {
 public:
  Coro<> print(std::string receipt) override {
    co_await aio::sleep(10s);
    printed += (printed.empty() ? "" : " | ") + receipt;
  }
  std::string printed{};
};

struct Shop {
  tests::Story story{};
  OneDesk bank{};
  SlowRoll roll{};
  Till till{bank, roll};

  /// How a customer fares who wants to pay, and has so much patience.
  Coro<std::string> pay(int cents, std::chrono::milliseconds patience = 100s) {
    try {
      co_return co_await aio::wait_for(till.pay("house", cents), patience) ? "paid" : "too little";
    } catch (const aio::TimeoutError&) {
      co_return "gone";
    } catch (const aio::InvalidStateError&) {  // of the lock
      co_return "turned away";
    }
  }
};

void play(Coro<> (*body)(Shop&)) {
  Shop shop;
  tests::run_virtual(body(shop));
}

TEST(Fix16g_Till, ServesTheNextWhenACustomerLosesPatience) {
  play([](Shop& shop) -> Coro<> {
    std::string fared = co_await shop.pay(100, 1s);
    fared += ", " + co_await shop.pay(100);
    EXPECT_STORY(shop.story, fared, "gone, paid",
                 hunt().still("the first customer has left the bank, and for the till he is still "
                              "there"),
                 hunt().known(LooksLike{std::string("gone, gone"), "given-back-by-hand"}));
  });
}

TEST(Fix16g_Till, ServesTheNextWhenACustomerLosesPatienceJustBeforeTheEnd) {
  play([](Shop& shop) -> Coro<> {
    std::string fared = co_await shop.pay(100, 1500ms);  // while the balance is set
    fared += ", " + co_await shop.pay(100);
    EXPECT_STORY(shop.story, fared, "gone, paid",
                 hunt().still("this customer was cancelled while his balance was set, and for the "
                              "till he is still at the bank"),
                 hunt().known(LooksLike{std::string("gone, gone"), "given-back-half-way"}));
  });
}

TEST(Fix16g_Till, WhoHasGivenItsPlaceBackDoesNotGiveAnotherOnesBack) {
  play([](Shop& shop) -> Coro<> {
    const Task<std::string> first = aio::create_task(shop.pay(100));  // prints until 12 s
    co_await aio::sleep(11s);
    const Task<std::string> second = aio::create_task(shop.pay(100));  // at the bank until 13 s
    const Task<std::string> third = aio::create_task(shop.pay(100));
    std::string fared = co_await first;
    fared += ", " + co_await second;
    fared += ", " + co_await third;
    fared += shop.bank.crowded ? "; two at once" : "; one at a time";
    EXPECT_STORY(shop.story, fared, "paid, paid, paid; one at a time",
                 hunt().broken("only one at a time may be at the bank"),
                 hunt().known(LooksLike{std::string("paid, paid, turned away; two at once"),
                                        "given-back-twice"}));
  });
}

TEST(Fix16g_Till, WhoLeavesTheQueueGivesNobodysPlaceAway) {
  play([](Shop& shop) -> Coro<> {
    const Task<std::string> first = aio::create_task(shop.pay(100));
    co_await aio::sleep(100ms);
    const Task<std::string> second = aio::create_task(shop.pay(100, 1s));  // waits, and leaves
    const Task<std::string> third = aio::create_task(shop.pay(100));
    std::string fared = co_await first;
    fared += ", " + co_await second;
    fared += ", " + co_await third;
    fared += shop.bank.crowded ? "; two at once" : "; one at a time";
    EXPECT_STORY(
        shop.story, fared, "paid, gone, paid; one at a time",
        hunt().broken("each customer waits until nobody is at the bank, and whoever leaves "
                      "the queue changes nothing for the others"),
        hunt().known(LooksLike{std::string("paid, gone, turned away; two at once"),
                               "gives-back-what-it-has-not"}),
        hunt().known(
            LooksLike{std::string("paid, gone, paid; two at once"), "nobody-waits-his-turn"}));
    EXPECT_EQ(shop.bank.cents, 800);
  });
}

TEST(Fix16g_Till, NobodyWaitsForThePrinter) {
  play([](Shop& shop) -> Coro<> {
    const auto began = aio::running_loop().time();
    const Task<std::string> first = aio::create_task(shop.pay(100));
    const Task<std::string> second = aio::create_task(shop.pay(5000));
    std::string fared = co_await first;
    fared += ", " + co_await second;
    EXPECT_EQ(fared, "paid, too little");
    const auto took = aio::running_loop().time() - began;
    EXPECT_STORY(shop.story, took < 15s, true,
                 hunt().broken("the second customer was not served before the first one's receipt "
                               "was printed"),
                 hunt().known(LooksLike{false, "kept-for-the-printer"}));
    EXPECT_EQ(shop.roll.printed, "paid 1.00 | not paid 50.00");
  });
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override { co_await shop.till.pay("house", 100); }
  Coro<> world(Coro<> playing) override {
    const Task<> played = aio::create_task(std::move(playing));
    const Task<std::string> next = aio::create_task(shop.pay(5000));
    const std::string fared = co_await next;
    EXPECT_STORY(story, fared, "too little", hunt().cause("the next customer is not served"));
    co_await played;
  }
  Shop shop{};
};

TEST(Fix16g_Till, ServesTheNextWheneverOneIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a request to stop ends the customer's task");
}

TEST(Fix16g_Till, TheFaultIsNamed) {
  tests::Story story;
  EXPECT_STORY(story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
