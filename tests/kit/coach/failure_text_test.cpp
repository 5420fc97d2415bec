// What a learner sees of a failed test's message.

#include <gtest/gtest.h>

#include "failure_text.hpp"

namespace {

using coach::Candour;
using coach::failure_text;

constexpr std::string_view story =
    "x_test.cpp:7: What led here:\n   1. A runs\nExpected: it is 1\nHappened: it is 2\n"
    "Likely cause: the wrong end\nWrong turn: lifo — your queue — a stack";

TEST(FailureText, LeavesOutTheNameOfAWrongTurn) {
  const std::string text = failure_text(story, Candour::whole);
  EXPECT_NE(text.find("\nLikely cause: the wrong end\nWrong turn: your queue — a stack\n"),
            std::string::npos)
      << text;
}

TEST(FailureText, LeavesOutTheNameOfWhatOnlyLooksLikeIt) {
  const std::string_view likened =
      "it is 2\nA mistake that looks like this: lifo — your queue: old";
  EXPECT_EQ(failure_text(likened, Candour::whole),
            "it is 2\nA mistake that looks like this: your queue: old");
  EXPECT_EQ(failure_text(likened, Candour::story_only), "it is 2");
}

TEST(FailureText, BeginsWithTheStoryAndEndsWithItsPlace) {
  const std::string text = failure_text(story, Candour::whole);
  EXPECT_TRUE(text.starts_with("What led here:\n   1. A runs\n")) << text;
  EXPECT_TRUE(text.ends_with("\nTested in x_test.cpp:7")) << text;
  EXPECT_EQ(failure_text("it did not end", Candour::whole), "it did not end");
}

TEST(FailureText, OfAnExerciseAsItWasHandedOutIsTheStoryOnly) {
  const std::string text = failure_text(story, Candour::story_only);
  EXPECT_EQ(text.find("Likely cause"), std::string::npos) << text;
  EXPECT_EQ(text.find("Wrong turn"), std::string::npos) << text;
  EXPECT_NE(text.find("Happened: it is 2"), std::string::npos) << text;
}

TEST(FailureText, IsThatOfTheFirstFailure) {
  const std::string first(story), second = "\n\nx_test.cpp:9: Expected: it is 3\nHappened: it is 4";
  const auto text = [](const std::string& all) { return failure_text(all, Candour::whole); };
  EXPECT_EQ(text(first + second), text(first) + "\nLeft out: 1 more failure of this test.");
  EXPECT_EQ(text(first + second + second),
            text(first) + "\nLeft out: 2 more failures of this test.");
  EXPECT_EQ(text("first\n\nparagraph: 2"), "first\n\nparagraph: 2");
}

// ── what does not fit ──

using Lines = std::vector<std::string>;

const Lines verdict{
    "name",        "failed",       "What led here:", "1. push", "2. pop", "    Expected: 1",
    "Happened: 2", "Likely cause", "Tested in"};

std::string mark(int lines) {
  return "    … " + std::to_string(lines) + " lines are left out here; m shows them all …";
}

TEST(Folded, TheStoryGoesFirst) {
  EXPECT_EQ(coach::folded(verdict, 3), (Lines{"name", "failed", mark(3), "    Expected: 1",
                                              "Happened: 2", "Likely cause", "Tested in"}));
}

TEST(Folded, ThenTheEndGoes) {
  EXPECT_EQ(coach::folded(verdict, 6), (Lines{"name", mark(6), "    Expected: 1", "Happened: 2"}));
}

TEST(Folded, WithoutAStoryTheMiddleGoes) {
  EXPECT_EQ(coach::folded({"a", "b", "c", "d", "e", "f"}, 3), (Lines{"a", mark(3), "e", "f"}));
}

}  // namespace
