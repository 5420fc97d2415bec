// fix-6c: a lambda that ends before its coroutine runs.

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
    "the frame holds an address, and no name: a capture is reached through the lambda, a reference "
    "is an address itself, and what they lead to ends with cook()";
constexpr const char* shared = "each call of cook() needs a name of its own, in its frame";

TEST(Fix6c_Capture, HasWhatItNeedsWhenItRuns) {
  Story story;
  story.step("auto later = cook(\"soup\"): nothing runs, a frame is made");
  aio::Coro<std::string> later = tests::far_below([] { return cook("soup"); });
  story.step("co_await std::move(later): the body runs now");
  EXPECT_STORY(story, tests::run_virtual(std::move(later)), "soup is ready", too_late);
}

TEST(Fix6c_Capture, EachCallHasItsOwn) {
  Story story;
  story.step("cook(\"ann\"), then cook(\"bob\"); bob's is awaited first");
  EXPECT_STORY(story, tests::run_virtual(tests::second_before_first(cook)),
               "bob is ready, ann is ready", shared,
               Seen{std::string("soup is ready, soup is ready"), "one-lambda-for-all"});
}

TEST(Fix6c_Capture, LeavesNoNameBehind) {
  Story story;
  story.step("cook(\"soup\"), run to its end");
  EXPECT_STORY(story, tests::run_virtual(cook("soup")), "soup is ready", too_late);
  EXPECT_STORY(story, Name::count(), 0U, "what a frame needs should live in it, and end with it");
}

}  // namespace
