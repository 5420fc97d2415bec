// Editors: those that are known are told the line, the others only the file.

#include "editor.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace {

using coach::opening;

TEST(Editor, IsToldTheLineInItsOwnWay) {
  for (const std::string name : {"vim", "vi", "nvim", "nano", "emacs"}) {
    EXPECT_EQ(opening(name, 12), name + " +12 \"$1\"");
  }
  EXPECT_EQ(opening("code", 12), "code --goto \"$1:12\"");
  EXPECT_EQ(opening("hx", 12), "hx \"$1:12\"");
}

TEST(Editor, IsKnownWithItsPathAndOptions) {
  EXPECT_EQ(opening("/usr/bin/vim -u NONE", 3), "/usr/bin/vim -u NONE +3 \"$1\"");
  EXPECT_EQ(opening("code --wait", 3), "code --wait --goto \"$1:3\"");
}

TEST(Editor, ThatIsUnknownGetsTheFileAlone) {
  EXPECT_EQ(opening("tee -a", 12), "tee -a \"$1\"");
  EXPECT_EQ(opening("my-vim", 12), "my-vim \"$1\"");
}

TEST(Editor, OpensAtTheBeginningWithoutALine) {
  for (const char* name : {"vim", "code", "hx"}) {
    EXPECT_EQ(opening(name, 0), std::string(name) + " \"$1\"");
  }
}

TEST(Editor, IsTheVisualOneRatherThanTheOther) {
  ::setenv("EDITOR", "ed", 1);
  ::unsetenv("VISUAL");
  EXPECT_EQ(coach::editor(), "ed");
  ::setenv("VISUAL", "vim", 1);
  EXPECT_EQ(coach::editor(), "vim");
  ::unsetenv("VISUAL");
  ::unsetenv("EDITOR");
  EXPECT_EQ(coach::editor(), "");
}

}  // namespace
