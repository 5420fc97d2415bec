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
  EXPECT_NE(text.find("\nLikely cause: the wrong end\nWrong turn: your queue — a stack"),
            std::string::npos)
      << text;
}

TEST(FailureText, OfAnExerciseAsItWasHandedOutIsTheStoryOnly) {
  const std::string text = failure_text(story, Candour::story_only);
  EXPECT_EQ(text.find("Likely cause"), std::string::npos) << text;
  EXPECT_EQ(text.find("Wrong turn"), std::string::npos) << text;
  EXPECT_NE(text.find("Happened: it is 2"), std::string::npos) << text;
}

}  // namespace
