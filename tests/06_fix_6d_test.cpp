// fix-6d: a view of letters that have changed.

#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "lifetimes.hpp"
#include "name.hpp"
#include "support/far_below.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/two_at_once.hpp"
#include "support/whose.hpp"

namespace {

using tests::Seen, tests::Story;

const auto compiled = tests::compiled_from(aio::layers::coro);

constexpr const char* too_late =
    "a reference or a string_view is an address: the frame keeps that, and no letters; those end "
    "with announce()";

TEST(Fix6d_View, HasWhatItNeedsWhenItRuns) {
  Story story;
  story.step("auto later = announce(\"ann\"): nothing runs, a frame is made");
  aio::Coro<std::string> later = tests::far_below([] { return announce("ann"); });
  story.step("co_await std::move(later): the body runs now");
  EXPECT_STORY(story, tests::run_virtual(std::move(later)), "ann!", too_late,
               Seen{std::string("!"), "a-string-by-reference"},
               Seen{std::string(3, '\0') + "!", "a-view-of-a-temporary"});
}

TEST(Fix6d_View, EachCallHasItsOwn) {
  Story story;
  story.step("announce(\"ann\"), then announce(\"bob\"); bob's is awaited first");
  EXPECT_STORY(story, tests::run_virtual(tests::second_before_first(announce)), "bob!, ann!",
               too_late);
}

TEST(Fix6d_View, LeavesNoNameBehind) {
  Story story;
  story.step("announce(\"ann\"), run to its end");
  const auto call = [] { return announce("ann"); };
  EXPECT_STORY(story, tests::run_virtual(tests::far_below(call)), "ann!", too_late);
  EXPECT_STORY(story, Name::count(), 0U, "what a frame needs should live in it, and end with it");
}

}  // namespace
