// A compiler's error in few columns.

#include <gtest/gtest.h>

#include "code_excerpt.hpp"
#include "text.hpp"

namespace {

const std::string message = "x.cpp:12:80: error: no such thing";

std::string error_at(std::size_t column) {
  std::string code(column, 'a');
  return message + "\n   12 | " + code + "here()" + std::string(90, 'z') + "\n      | " +
         std::string(column, ' ') + "^~~~~~";
}

TEST(CodeExcerpt, LeavesWhatFitsAsItIs) {
  const std::string error = message + "\n   12 |   f()\n      |   ^";
  EXPECT_EQ(coach::code_excerpt(error, 40), coach::split_lines(error));
  EXPECT_EQ(coach::code_excerpt("no code", 40), std::vector<std::string>{"no code"});
}

TEST(CodeExcerpt, ShowsTheCodeAboveTheCaret) {
  for (const std::size_t column : {0, 5, 30, 33, 34, 80, 200}) {
    const auto lines = coach::code_excerpt(error_at(column), 40);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], message);
    EXPECT_LE(coach::columns(lines[1]), 40U);
    EXPECT_LE(coach::columns(lines[2]), 40U);
    const std::size_t caret = lines[2].find('^');
    ASSERT_LT(caret, lines[1].size()) << column;
    EXPECT_EQ(lines[1][caret], 'h') << lines[1] << "\n" << lines[2];
  }
}

TEST(CodeExcerpt, CallsAStringAString) {
  EXPECT_EQ(coach::with_short_names("from ‘Coro<std::__cxx11::basic_string<char> >’ to "
                                    "‘std::string’ {aka ‘std::__cxx11::basic_string<char>’}"),
            "from ‘Coro<std::string >’ to ‘std::string’");
}

}  // namespace
