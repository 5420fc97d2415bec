// Answers of predictions: what is right is right however it is typed, and nothing else is.

#include <gtest/gtest.h>

#include "same_answer.hpp"

namespace {

using coach::same_answer;

constexpr std::string_view how_long = "How many seconds does in_turn() take?";
constexpr std::string_view how_many = "How many tasks could go on at second 2.5?";
constexpr std::string_view when = "At which second has the last task ended?";

TEST(SameAnswer, NumbersAreComparedAsNumbers) {
  for (const char* six : {"6", "6.0", "6,0", "06", "+6", " 6 ", "6.", "`6`"}) {
    EXPECT_TRUE(same_answer(six, "6", how_long)) << six;
  }
  EXPECT_TRUE(same_answer("7,5", "7.5", how_long));
  for (const char* other : {"5", "-6", "60", "6.1", "6,1", "six", "6 6", "6, 0", "", "0.6"}) {
    EXPECT_FALSE(same_answer(other, "6", how_long)) << other;
  }
}

TEST(SameAnswer, TheUnitThatIsAskedForMayBeWritten) {
  for (const char* six :
       {"6 seconds", "6s", "6 sec", "6 s.", "6000 ms", "6,0 Seconds", "0.1 min"}) {
    EXPECT_TRUE(same_answer(six, "6", how_long)) << six;
  }
  EXPECT_TRUE(same_answer("4 s", "4", when));
  EXPECT_TRUE(same_answer("2 tasks", "2", how_many));
  for (const char* other : {"6 ms", "6 minutes", "6 tasks", "5s", "s", "6 s 6"}) {
    EXPECT_FALSE(same_answer(other, "6", how_long)) << other;
  }
  EXPECT_FALSE(same_answer("2 s", "2", how_many));
  EXPECT_FALSE(same_answer("2 s", "2"));
}

TEST(SameAnswer, SeparatorsDoNotMatter) {
  for (const char* both : {"ready, nothing", "`ready nothing`", "Ready;Nothing",
                           "“ready” ‘nothing’", "  ready\tnothing."}) {
    EXPECT_TRUE(same_answer(both, "ready nothing")) << both;
  }
  for (const char* letters : {"c a b", "c, a, b", "CAB", "\"cab\""}) {
    EXPECT_TRUE(same_answer(letters, "cab")) << letters;
  }
  EXPECT_TRUE(same_answer("1,2", "1 2"));
  EXPECT_TRUE(same_answer("got HEL", "got \"HEL\""));
}

TEST(SameAnswer, OrderAndNumberOfValuesDo) {
  for (const char* other : {"nothing ready", "ready", "ready nothing ready", "ready ready", ""}) {
    EXPECT_FALSE(same_answer(other, "ready nothing")) << other;
  }
  EXPECT_FALSE(same_answer("a b c", "cab"));
  EXPECT_FALSE(same_answer("12", "1 2"));
  EXPECT_FALSE(same_answer("1 2", "12"));
  EXPECT_FALSE(same_answer("1, 5", "1.5"));
  EXPECT_FALSE(same_answer("got", "got \"\""));
  EXPECT_FALSE(same_answer("a3", "a4"));
  EXPECT_FALSE(same_answer("a 4", "--"));
}

}  // namespace
