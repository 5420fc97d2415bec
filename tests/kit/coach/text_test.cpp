// Small tools for text, and how a terminal of 80 columns lays it out.

#include <gtest/gtest.h>

#include "lesson_text.hpp"
#include "terminal.hpp"
#include "text.hpp"

namespace {

/// What a terminal is told, without one: plain, and 80 columns wide.
template <class Tell>
std::string told(Tell tell) {
  std::string text;
  const coach::Terminal output(true);
  tell(output.writing_to(text));
  return text;
}

std::string said(std::string_view text) {
  return told([text](const coach::Terminal& terminal) { terminal.say(text); });
}

std::string hung(std::string_view text) {
  return told([text](const coach::Terminal& terminal) { terminal.hang(text); });
}

TEST(Text, OnlyWhatMayHaveBeenMeantIsSimilar) {
  const std::vector<std::string> ids{"01", "02", "2.1", "3.1", "predict-3a", "predict-2a"};
  EXPECT_TRUE(coach::similar("foo", ids, 3).empty());
  EXPECT_EQ(coach::similar("3.9", ids, 3), std::vector<std::string>{"3.1"});
  EXPECT_EQ(coach::similar("predict-3z", ids, 1), std::vector<std::string>{"predict-3a"});
}

TEST(Text, ColoursAndLinksAreNoText) {
  EXPECT_EQ(coach::without_escapes("a \x1b[1mbold\x1b[0m word"), "a bold word");
  EXPECT_EQ(coach::without_escapes("\x1b]8;;file:///m\x1b\\here\x1b]8;;\x1b\\."), "here.");
  EXPECT_EQ(coach::without_escapes("\x1b[1"), "");
}

TEST(Terminal, ANumberedListStaysAList) {
  EXPECT_EQ(said("Eight answers:\n1. ready\n2. nothing\n   at all\n10. ready"),
            "Eight answers:\n1. ready\n2. nothing at all\n10. ready\n");
  EXPECT_EQ(said("In\n2026. That was late."), "In 2026. That was late.\n");
}

TEST(Terminal, AWrappedItemIsIndentedUnderItsText) {
  const std::string words =
      "one two three four five six seven eight nine ten eleven twelve thirteen";
  EXPECT_EQ(said("1. " + words + " fourteen"), "1. " + words + "\n   fourteen\n");
}

TEST(Terminal, AWrappedStepOfAStoryKeepsItsColumns) {
  const std::string step =
      "      2.       5 s  the time was over at 2 s; the answer came at 5 s, and";
  EXPECT_EQ(hung(step + " nobody waited for it"),
            step + " nobody\n" + std::string(20, ' ') + "waited for it\n");
  EXPECT_EQ(hung("   1. A runs"), "   1. A runs\n");
}

TEST(Glossary, HasTheTermsBelowItsHeadings) {
  const auto terms = coach::terms_in(
      "# Glossary\n\nWords.\n\n### batch\n\nWhat is **handled** together.\n"
      "Introduced in [lesson 02](02-epoll/README.md).\n\n### task\n\nA coroutine.\n");
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].name, "batch");
  EXPECT_EQ(terms[0].text, "What is handled together.\nIntroduced in lesson 02.");
  EXPECT_EQ(terms[1].text, "A coroutine.");
}

}  // namespace
