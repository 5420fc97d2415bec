// Which answer belongs to which question, and what is said of the first one that is not right.

#include <gtest/gtest.h>

#include "prediction.hpp"

namespace {

using coach::Item;
using coach::TestResult;

Item asking() {
  Item item;
  item.id = "predict-1d";
  item.questions = {"Which task is it?", "How many are there?", "How many seconds?"};
  return item;
}

constexpr std::string_view printed = "photo\n2\n1.5\n";

TestResult judged(std::string_view sheet) {
  return coach::judge_prediction(asking(), sheet, printed);
}

std::string sheet_of(std::string_view first, std::string_view second, std::string_view third) {
  std::string sheet = "# predict-1d: A title\n#\n# 1.5 is a number.\n\n# 1. Which task is it?\n";
  sheet.append(first).append("\n\n# 2. How many are there?\n").append(second);
  return sheet.append("\n\n# 3. How many seconds?\n").append(third).append("\n");
}

std::string said(std::string_view first, std::string_view second, std::string_view third) {
  return judged(sheet_of(first, second, third)).message;
}

TEST(Predictions, AnAnswerBelongsToTheQuestionAboveIt) {
  EXPECT_EQ(judged(sheet_of("photo", "2", "1.5 s")).event, "pass");
  EXPECT_EQ(judged(sheet_of("photo", "", "1.5")).event, "todo");
  EXPECT_EQ(said("photo", "", "1.5"), "Question 2 has no answer yet: How many are there?");
  EXPECT_EQ(said("", "2", "1.5"), "Question 1 has no answer yet: Which task is it?");
  EXPECT_EQ(judged(sheet_of("photo", "2\n1.5", "1.5")).event, "fail");
}

TEST(Predictions, AWrongAnswerHearsItsQuestion) {
  const TestResult result = judged(sheet_of("photo", "3", "7"));
  EXPECT_EQ(result.event, "fail");
  EXPECT_NE(result.message.find("Your answer 2 says \"3\""), std::string::npos) << result.message;
  EXPECT_NE(result.message.find("Question 2: How many are there?"), std::string::npos);
}

TEST(Predictions, AWordInPlaceOfANumberIsNotJudged) {
  Item item = asking();
  item.read_again = {"rule 1", "rule 2", "rule 3"};
  const TestResult result = coach::judge_prediction(item, sheet_of("photo", "two", "7"), printed);
  EXPECT_EQ(result.event, "todo");
  EXPECT_NE(result.message.find("Write the number only"), std::string::npos) << result.message;
  EXPECT_EQ(result.message.find("Read again"), std::string::npos) << result.message;
  EXPECT_EQ(judged(sheet_of("news", "2", "1.5")).event, "fail");
}

TEST(Predictions, AWrongAnswerHearsWhatToReadAgain) {
  Item item = asking();
  item.read_again = {"rule 1", "rule 2", "rule 3"};
  const std::string sheet = sheet_of("photo", "3", "7");
  const std::string said = coach::judge_prediction(item, sheet, printed).message;
  EXPECT_TRUE(said.ends_with("\nRead again: rule 2.")) << said;
}

TEST(Predictions, AWrongLineHearsWhatIsToBeReadAgainForAllOfThem) {
  Item item;
  item.read_again = {"rule 1"};
  const std::string said = coach::judge_prediction(item, "photo\n3\n1.5\n", printed).message;
  EXPECT_TRUE(said.ends_with("\nRead again: rule 1.")) << said;
}

TEST(Predictions, WhatIsRightSoFarIsSaid) {
  const std::string one = said("photo", "", ""), two = said("Photo", "2", "");
  EXPECT_EQ(one, "Answer 1 is right. Question 2 is next: How many are there?");
  EXPECT_EQ(two, "Answers 1 to 2 are right. Question 3 is next: How many seconds?");
  EXPECT_EQ(said("", "", ""), "There is no answer in the file yet.");
}

TEST(Predictions, WithoutTheQuestionsAnswersFollowEachOther) {
  EXPECT_EQ(judged("photo\n\n2\n1.5\n").event, "pass");
  EXPECT_EQ(judged("photo\n").event, "todo");
  EXPECT_EQ(judged("photo\n2\n1.5\nmore\n").event, "fail");
}

TEST(Predictions, OfTheWholeOutputGoLineByLine) {
  Item item;
  item.id = "predict-3a";
  const auto of = [&](std::string_view sheet) {
    return coach::judge_prediction(item, sheet, "bell\ndoor\nlamp\n");
  };
  EXPECT_EQ(of("# mine\nbell\n\n DOOR\n`lamp`\n").event, "pass");
  EXPECT_EQ(of("bell\nlamp\n").message,
            "Your line 2 says \"lamp\". That is the first one that differs from what happens.");
  EXPECT_EQ(of("bell\n").message, "Line 1 is right. The program prints more.");
  EXPECT_EQ(of("bell\ndoor\nlamp\nlamp\n").event, "fail");
  EXPECT_EQ(of("bell door\nlamp\n").event, "fail");
}

// A page writes the sheet, and an editor may have written it before.
TEST(Predictions, AnswersOfAPageReplaceThoseOfTheSheet) {
  const std::string sheet = sheet_of("photo", "", "1.5");
  EXPECT_EQ(coach::answers_in(asking(), sheet), (std::vector<std::string>{"photo", "", "1.5"}));
  const std::string written = coach::with_answers(asking(), sheet, {"cat", "2", ""});
  EXPECT_EQ(written, sheet_of("cat", "2", ""));
  EXPECT_EQ(coach::with_answers(asking(), written, {"photo", "2", "1.5"}),
            sheet_of("photo", "2", "1.5"));
}

TEST(Predictions, LinesOfAPageFollowTheNotes) {
  Item item;
  const std::string sheet = coach::with_answers(item, "# title\n#\n# Write below.\n\n", {"a", "b"});
  EXPECT_EQ(sheet, "# title\n#\n# Write below.\n\na\nb\n");
  EXPECT_EQ(coach::answers_in(item, sheet), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(coach::with_answers(item, sheet, {"c"}), "# title\n#\n# Write below.\n\nc\n");
}

TEST(Predictions, AnAnswerOfAPageIsOneLineAndNoNote) {
  const std::string written = coach::with_answers(asking(), sheet_of("", "", ""),
                                                  {"two\nlines", "# 3. no question", "\t\x1b"});
  EXPECT_EQ(written, sheet_of("two", "3. no question", ""));
}

}  // namespace
