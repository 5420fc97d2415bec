// use-6e: a coroutine type from nothing.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "name.hpp"
#include "sequence.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"

namespace {

using tests::Seen, tests::Story;

/// What the body has reported, by the way that a plain function pointer can.
std::vector<int>& made_so_far() {
  static std::vector<int> numbers;
  return numbers;
}
void note(int number) { made_so_far().push_back(number); }
void fail_at_two(int number) {
  note(number);
  if (number == 2) throw std::runtime_error("two is one too many");
}

class Use6e_Generator : public testing::Test {
 protected:
  void SetUp() override { made_so_far().clear(); }
};

std::vector<int> all_of(Sequence& sequence) {
  std::vector<int> all;
  while (sequence.next() && all.size() < 10) all.push_back(sequence.value());
  return all;
}

TEST_F(Use6e_Generator, GivesTheNumbersInOrder) {
  Story story;
  story.step("numbers(3, …)");
  const tests::Suspicion crash(
      "a frame is used that is gone: final_suspend() does not pause, so the frame is destroyed at "
      "the body's end; or the owner was moved, and both destroy it");
  const auto three = numbers(3, Name("ann"), note);
  EXPECT_STORY(story, all_of(*three), std::vector({1, 2, 3}),
               "next() resumes the body, and value() is what it has yielded last",
               Seen{std::vector({1, 2, 3, 3}), "true-for-the-end"},
               tests::LooksLike{std::vector({2, 3}), "begins-inside-the-call"},
               tests::LooksLike{std::vector<int>{}, "yields-without-a-pause"});
}

TEST_F(Use6e_Generator, GivesNothingWhenTheBodyYieldsNothing) {
  Story story;
  story.step("numbers(0, …)");
  const auto none = numbers(0, Name("ann"), note);
  EXPECT_STORY(story, none->next(), false,
               "after resume(), ask the handle whether the body is done()",
               tests::LooksLike{true, "true-for-the-end"});
}

TEST_F(Use6e_Generator, RunsNothingBeforeItIsAsked) {
  Story story;
  story.step("numbers(3, …), and no next() yet");
  const auto three = numbers(3, Name("ann"), note);
  EXPECT_STORY(story, made_so_far(), std::vector<int>{},
               "initial_suspend() decides whether the body begins inside the call",
               Seen{std::vector({1}), "begins-inside-the-call"});
}

TEST_F(Use6e_Generator, RunsToTheNextYieldAndNoFurther) {
  Story story;
  const auto three = numbers(3, Name("ann"), note);
  story.step("two calls of next() on numbers(3, …)");
  three->next();
  three->next();
  EXPECT_STORY(story, made_so_far(), std::vector({1, 2}),
               made_so_far().size() < 2 ? "made(n) comes before co_yield n: behind it, the body "
                                          "has paused already"
                                        : "co_yield pauses if yield_value() returns suspend_always",
               Seen{std::vector({1}), "made-too-late"});
}

TEST_F(Use6e_Generator, StaysAtItsEnd) {
  Story story;
  const auto one = numbers(1, Name("ann"), note);
  all_of(*one);
  story.step("numbers(1, …) has ended; next() once more");
  const tests::Suspicion crash("next() resumes a body that is at its end: ask done() before");
  EXPECT_STORY(story, one->next(), false,
               "a body that is done() must not be resumed again: that is undefined behavior");
}

TEST_F(Use6e_Generator, KeepsItsParametersInTheFrame) {
  Story story;
  const auto before = Name::count();
  auto two = numbers(2, Name("ann"), note);
  story.step("numbers(2, Name(\"ann\"), …) has returned");
  EXPECT_STORY(
      story, Name::count() - before, 1U,
      "take the name by value: then the compiler moves it into the frame, and the argument "
      "itself ends with the call");
  story.step("one next(), then the Sequence is destroyed in the middle");
  two->next();
  two = nullptr;
  EXPECT_STORY(story, Name::count() - before, 0U,
               "whoever owns the handle destroys the frame, finished or not",
               tests::LooksLike{std::size_t{1}, "nobody-destroys-the-frame"});
}

TEST_F(Use6e_Generator, AlsoDestroysAFrameThatHasEnded) {
  Story story;
  const auto before = Name::count();
  auto one = numbers(1, Name("ann"), note);
  all_of(*one);
  story.step("numbers(1, …) has ended, and is destroyed");
  one = nullptr;
  EXPECT_STORY(story, Name::count() - before, 0U,
               "final_suspend() pauses, so the frame waits for its owner to destroy it");
}

TEST_F(Use6e_Generator, HandsAnExceptionToWhoeverAsks) {
  Story story;
  const auto three = numbers(3, Name("ann"), fail_at_two);
  story.step("next() gives 1");
  three->next();
  std::string said = "nothing was thrown";
  story.step("next() makes 2, and the body throws");
  try {
    three->next();
  } catch (const std::runtime_error& error) {
    said = error.what();
  }
  EXPECT_STORY(
      story, said, "two is one too many",
      "unhandled_exception() keeps std::current_exception(), and next() throws it again",
      tests::LooksLike{std::string("nothing was thrown"), "exceptions-end-in-the-promise"});
  story.step("next() once more");
  std::string again = "nothing was thrown";
  bool more = true;
  try {
    more = three->next();
  } catch (const std::runtime_error&) {
    again = "the same once more";
  }
  EXPECT_STORY(story, again, "nothing was thrown",
               "next() throws what the promise keeps, whenever it is asked: one next() throws it, "
               "and the body is done from then on",
               tests::LooksLike{std::string("the same once more"), "throws-for-ever"});
  EXPECT_STORY(story, more, false, "a body that an exception has left is done");
}

}  // namespace
