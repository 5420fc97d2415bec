// Differences: both texts can be read back, and as little as possible changes.

#include "difference.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "text.hpp"

namespace {

using coach::difference;
using Lines = std::vector<std::string>;

/// The text that is left when lines with the other sign are dropped.
std::string side(const Lines& lines, char sign) {
  std::string text;
  for (const std::string& line : lines) {
    if (line[0] == sign || line[0] == ' ') text += line.substr(2) + "\n";
  }
  return text;
}

TEST(Difference, OfTheSameTextHasNoChanges) {
  EXPECT_EQ(difference("a\nb\n", "a\nb\n"), (Lines{"  a", "  b"}));
  EXPECT_EQ(difference("", ""), Lines{});
}

TEST(Difference, OfAnEmptyTextIsTheOther) {
  EXPECT_EQ(difference("", "a\nb\n"), (Lines{"+ a", "+ b"}));
  EXPECT_EQ(difference("a\nb\n", ""), (Lines{"- a", "- b"}));
}

TEST(Difference, ShowsWhatGoesBeforeWhatComes) {
  EXPECT_EQ(difference("a\nold\nc\n", "a\nnew\nc\n"), (Lines{"  a", "- old", "+ new", "  c"}));
}

TEST(Difference, KeepsTheLongestSharedPart) {
  EXPECT_EQ(difference("a\nb\nc\nd\n", "b\nc\nd\na\n"), (Lines{"- a", "  b", "  c", "  d", "+ a"}));
}

TEST(Difference, DoesNotCountBlanksAtTheEndsOfLines) {
  EXPECT_EQ(difference("a  \nb\t\r\n", "a\nb\n"), (Lines{"  a", "  b"}));
  EXPECT_EQ(difference("  a\n", "a\n"), (Lines{"-   a", "+ a"}));  // at the beginning they do
}

/// The longest common subsequence, by trying all subsequences of `a`.
std::size_t shared_at_most(const std::string& a, const std::string& b) {
  std::size_t most = 0;
  for (unsigned chosen = 0; chosen < 1U << a.size(); ++chosen) {
    std::size_t at = 0, taken = 0, wanted = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if ((chosen >> i & 1U) == 0) continue;
      ++wanted;
      at = b.find(a[i], at);
      if (at == std::string::npos) break;
      ++at, ++taken;
    }
    if (taken == wanted) most = std::max(most, taken);
  }
  return most;
}

TEST(Difference, GivesBothTextsBackWithAsFewChangesAsPossible) {
  std::mt19937 random(4);  // NOLINT: the same texts every time
  const auto some_letters = [&] {
    std::string letters;
    for (auto n = random() % 8; n > 0; --n) letters += static_cast<char>('a' + random() % 3);
    return letters;
  };
  const auto as_lines = [](const std::string& letters) {
    std::string text;
    for (const char c : letters) text += std::string(1, c) + "\n";
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    const std::string before = some_letters(), after = some_letters();
    const Lines lines = difference(as_lines(before), as_lines(after));
    EXPECT_EQ(side(lines, '-'), as_lines(before));
    EXPECT_EQ(side(lines, '+'), as_lines(after));
    const auto kept = std::ranges::count_if(lines, [](const auto& l) { return l[0] == ' '; });
    EXPECT_EQ(static_cast<std::size_t>(kept), shared_at_most(before, after)) << before << after;
  }
}

}  // namespace
