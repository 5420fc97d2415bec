// fix-6b: a parameter that refers to what is gone.

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
    "the frame keeps a reference, not the name, and the name ends with the call";

TEST(Fix6b_Reference, HasWhatItNeedsWhenItRuns) {
  Story story;
  story.step("auto later = welcome(\"ann\"): nothing runs, a frame is made");
  aio::Coro<std::string> later = tests::far_below([] { return welcome("ann"); });
  story.step("co_await std::move(later): the body runs now");
  EXPECT_STORY(story, tests::run_virtual(std::move(later)), "hello, ann", too_late);
}

TEST(Fix6b_Reference, EachCallHasItsOwn) {
  Story story;
  story.step("welcome(\"ann\"), then welcome(\"bob\"); bob's is awaited first");
  EXPECT_STORY(story, tests::run_virtual(tests::second_before_first(welcome)),
               "hello, bob, hello, ann",
               "each call of welcome() needs a name of its own, in its frame",
               Seen{std::string("hello, ann, hello, ann"), "one-name-for-all"});
}

TEST(Fix6b_Reference, LeavesNoNameBehind) {
  Story story;
  story.step("welcome(\"ann\"), run to its end");
  EXPECT_STORY(story, tests::run_virtual(welcome("ann")), "hello, ann", too_late);
  EXPECT_STORY(story, Name::count(), 0U, "what a frame needs should live in it, and end with it");
}

}  // namespace
