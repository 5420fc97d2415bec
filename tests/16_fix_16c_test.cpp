// fix-16c: a newsletter and its readers.

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/task.hpp>

#include "newsletter.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/hunt.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro;
using tests::LooksLike;

const std::vector<std::string> twice_anna = {"Cleo", "Anna", "Anna"}, with_ben = {"Ben", "Cleo"};

const auto compiled = tests::compiled_from(aio::layers::debug);

tests::Hunt<Finding> hunt() { return {found(), Fault::never_awaited, {"send_to_all"}}; }

/// Notes what it gets, a word for each.
class Office final : public PostOffice {
 public:
  Coro<> open() override {
    co_await aio::sleep(1ms);
    note("open");
  }
  Coro<> post(std::string reader, std::string letter) override {
    const int others = inside_++;
    crowded = crowded || others > 0;
    co_await aio::sleep(10ms);
    --inside_;
    if (reader == "Ben") throw Undeliverable("Ben has moved");
    note(reader);
    last_letter = letter;
  }
  Coro<> close() override {
    note("close");
    co_return;
  }
  void note(const std::string& word) { notes += (notes.empty() ? "" : " ") + word; }

  tests::Story story{};
  std::string notes{}, last_letter{};
  bool crowded = false;  // a letter was brought while another one was posted

 private:
  int inside_ = 0;
};

TEST(Fix16c_Newsletter, AllLettersArePostedBeforeItCloses) {
  Office office;
  tests::run_virtual([](Office& there) -> Coro<> {
    const Report report = co_await publish(there, twice_anna, "Winter.");
    co_await aio::sleep(1s);
    EXPECT_STORY(
        there.story, there.notes, "open Anna Cleo close",
        hunt().still("each letter has to be posted, and not only written, before the "
                     "post office closes"),
        hunt().known(LooksLike{std::string("open close"), "letters-that-nobody-posts"}),
        hunt().known(LooksLike{std::string("open close Anna Cleo"), "letters-on-their-own"}));
    EXPECT_STORY(there.story, there.crowded, false,
                 hunt().broken("letters are posted one after the other"),
                 hunt().known(LooksLike{true, "all-letters-at-once"}));
    EXPECT_EQ(report.sent, 2);
    EXPECT_EQ(there.last_letter, "Dear Cleo,\n\nWinter.");
  }(office));
}

TEST(Fix16c_Newsletter, OneThatComesBackStopsNobody) {
  Office office;
  tests::run_virtual([](Office& there) -> Coro<> {
    const Report report = co_await publish(there, with_ben, "Winter.");
    EXPECT_STORY(there.story, there.notes, "open Cleo close",
                 hunt().still("what cannot be delivered is noted, and the next letter goes out"));
    EXPECT_EQ(report.sent, 1);
    EXPECT_EQ(report.returned, std::vector<std::string>{"Ben"});
  }(office));
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override { co_await publish(office, with_ben, "Winter."); }
  Office office{};
};

TEST(Fix16c_Newsletter, EndsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a request to stop ends it");
}

TEST(Fix16c_Newsletter, TheFaultIsNamed) {
  Office office;
  EXPECT_STORY(office.story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
