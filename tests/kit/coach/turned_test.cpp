// Layers with wrong turns in them, which a learner's test is to catch.

#include "turned.hpp"

#include <string>

#include <gtest/gtest.h>

#include "fake_course.hpp"
#include "files.hpp"
#include "mistake.hpp"

namespace {

constexpr std::string_view stuck = R"(// Name: It stands still
// Says: your counter counts,
//   but stays where it is
// Caught-by: Step2_Add.AddsOne

//: 4.2
inline int Counter::add() { return value_; }
)";

class Turned : public testing::Test {
 protected:
  Turned() { folder.write("tests/wrong_turns/04-counting/stuck.cpp", stuck); }

  coach::Item item_of(const std::string& turn) {
    coach::Item item;
    item.id = "test-4e";
    item.turns = {turn};
    return item;
  }

  fake::Folder folder;
  coach::Course course = coach::Course::read();
  const coach::Lesson& lesson = course.lessons().front();
};

TEST_F(Turned, ATurnSaysWhatItsAuthorIsTold) {
  EXPECT_EQ(coach::read_turn(lesson, "stuck").says, "your counter counts, but stays where it is");
  EXPECT_THROW(coach::read_turn(lesson, "nowhere"), coach::Mistake);
}

TEST_F(Turned, AFunctionStandsThereWithAllItsBodies) {
  const auto turn = coach::read_turn(lesson, "stuck");
  const std::string text = coach::with_turns(std::string(fake::counter_hpp), {turn, turn});
  EXPECT_NE(
      text.find("inline int Counter::add() { if (::wrong_turns::taken == 1) { return value_; } "
                "else if (::wrong_turns::taken == 2) { return value_; } else "
                "{ return ++value_; } }"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("inline Counter::Counter() { value_ = 0; }"), std::string::npos) << text;
}

TEST_F(Turned, WhatReplacesNothingIsRefused) {
  auto turn = coach::read_turn(lesson, "stuck");
  turn.source = "//: 4.2 turn\ninline int Counter::add(int by) { return by; }\n";
  EXPECT_THROW(coach::with_turns(std::string(fake::counter_hpp), {turn}), coach::Mistake);
}

TEST_F(Turned, TheFolderHoldsTheLayersAndTheChoice) {
  const coach::fs::path at = coach::write_turned(lesson, item_of("stuck"));
  EXPECT_NE(coach::read_file(at / "aio/counter.hpp").find("wrong_turns::taken == 1"),
            std::string::npos);
  EXPECT_NE(coach::read_file(at / "wrong_turns.hpp").find("{\"stuck\"}"), std::string::npos);
  const auto written = coach::fs::last_write_time(at / "aio/counter.hpp");
  coach::write_turned(lesson, item_of("stuck"));
  EXPECT_EQ(coach::fs::last_write_time(at / "aio/counter.hpp"), written) << "it compiles anew";
}

}  // namespace
