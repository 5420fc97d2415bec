// fix-13d: a header that visitors write.

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <http/headers.hpp>

#include "greeting.hpp"
#include "support/story.hpp"

namespace {

using tests::LooksLike, tests::Seen;

std::string status_of(const std::string& text) { return text.substr(9, 3); }

/// The status, and of a greeting how it writes a name that has a line break in it.
std::string outcome(const std::string& answer, std::string_view name) {
  const std::string status = status_of(answer);
  if (status != "200") return status;
  return status + (answer.contains(name) ? ", with the line break" : ", without the line break");
}

TEST(Fix13d_Greeting, NamesTheVisitor) {
  tests::Story story;
  for (const std::string_view name : {"Ann", "Zoë Müller", "a: b, c"}) {
    story.step("a visitor says that the name is " + std::string(name));
    const std::string greeted = "HTTP/1.1 200 OK\r\nX-Greeted: " + std::string(name) + "\r\n";
    EXPECT_STORY(story, greet(name).starts_with(greeted), true,
                 "a name may have everything in it that a header may have",
                 LooksLike{false, "only-letters-are-names"});
    EXPECT_STORY(story, greet(name).ends_with("\r\n\r\nHello, " + std::string(name) + "!\n"), true,
                 "the visitor is greeted by name", LooksLike{false, "only-letters-are-names"});
  }
}

TEST(Fix13d_Greeting, LetsNobodyWriteAHeader) {
  tests::Story story;
  for (const std::string_view name : {"Ann\r\nSet-Cookie: user=admin", "Ann\r\n\r\n<script>"}) {
    story.step("a visitor says that the name is " + testing::PrintToString(std::string(name)));
    const std::string answer = greet(name);
    EXPECT_STORY(story, outcome(answer, name), "400",
                 "this ends the header, and begins another one",
                 Seen{"200, without the line break", "line-breaks-are-taken-out"});
    EXPECT_STORY(story, answer.contains(name.substr(5)), false,
                 "what cannot be a name stands nowhere in the response");
  }
}

TEST(Fix13d_Greeting, KnowsThatHalfOfALineBreakIsEnough) {
  tests::Story story;
  for (const std::string_view name : {"Ann\nX: y", "Ann\rSet: x"}) {
    story.step("a visitor says that the name is " + testing::PrintToString(std::string(name)));
    EXPECT_STORY(story, outcome(greet(name), name), "400",
                 "to many programs this ends the header, and begins another one",
                 Seen{"200, without the line break", "line-breaks-are-taken-out"},
                 LooksLike{"200, with the line break", "only-both-end-a-line"});
  }
}

TEST(Fix13d_Greeting, RefusesOtherControlCharacters) {
  tests::Story story;
  story.step("a visitor says that the name is Ann, a zero byte, and more");
  const std::string answer = greet(std::string_view("Ann\0more", 8));
  EXPECT_STORY(story, status_of(answer), "400", "some programs stop reading at a zero byte",
               LooksLike{"200", "only-line-breaks-are-bad"});
}

}  // namespace
