// The kit changes a starter: a file that was edited is never touched, and a three-way merge is
// offered.

#include "updates.hpp"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "commands.hpp"
#include "fake_course.hpp"
#include "files.hpp"
#include "reshaping.hpp"
#include "run_command.hpp"
#include "starters.hpp"

namespace {

constexpr const char* file = "exercises/04-counting/aio/counter.hpp";
constexpr const char* backup = "exercises/04-counting/aio/counter.hpp.bak";

class Updates : public testing::Test {
 protected:
  Updates() {
    for (const coach::Starter& starter : coach::all_starters(course)) {
      coach::write_file(starter.path, starter.text);
    }
    coach::keep_bases(course);
  }

  static std::string replaced(std::string text, std::string_view old, std::string_view fresh) {
    const std::size_t at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old << " is not in\n" << text;
    return at == std::string::npos ? text : text.replace(at, old.size(), fresh);
  }
  static void edit(const coach::fs::path& path, std::string_view old, std::string_view fresh) {
    coach::write_file(path, replaced(coach::read_file(path), old, fresh));
  }
  static void learner_writes(std::string_view old, std::string_view fresh) {
    edit(file, old, fresh);
  }
  /// The next version of the kit arrives, and ./learn is started.
  std::vector<coach::fs::path> kit_changes(std::string_view old, std::string_view fresh) {
    edit("runtime/aio/counter.hpp", old, fresh);
    return coach::keep_bases(course);
  }

  std::string said(const std::function<void(const coach::Desk&)>& command) {
    testing::internal::CaptureStdout();
    command({terminal, course, progress});
    return testing::internal::GetCapturedStdout();
  }
  std::string merge(coach::MergeOptions options) {
    return said([&](const coach::Desk& desk) {
      EXPECT_EQ(coach::run_interruptible(coach::merge(desk, options)), 0);
    });
  }
  std::string told() {
    return said(
        [](const coach::Desk& desk) { coach::tell_updates(desk, desk.course.lessons().front()); });
  }

  fake::Folder folder;
  coach::Terminal terminal{true};
  coach::Course course = coach::Course::read();
  coach::Progress progress{terminal, course.keys()};
};

constexpr const char* todo = R"(AIO_TODO("4.2", "add one");)";

TEST_F(Updates, OfFilesThatNobodyEditedAreMade) {
  const auto updated = kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  EXPECT_EQ(updated, std::vector<coach::fs::path>{file});
  EXPECT_NE(coach::read_file(file).find("a counter."), std::string::npos);
  EXPECT_TRUE(told().empty());
}

TEST_F(Updates, OfAnEditedFileAreSaidAndNotMade) {
  learner_writes(todo, "return ++value_;");
  const std::string mine = coach::read_file(file);
  EXPECT_TRUE(told().empty());
  EXPECT_TRUE(kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.").empty());
  EXPECT_EQ(coach::read_file(file), mine);
  EXPECT_NE(told().find("./learn merge 04"), std::string::npos);
}

TEST_F(Updates, AreShownAndChangeNothing) {
  learner_writes(todo, "return ++value_;");
  kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  const std::string mine = coach::read_file(file);
  const std::string shown = merge({.id = "4.2"});
  EXPECT_NE(shown.find("-// Lesson 04, counter."), std::string::npos) << shown;
  EXPECT_NE(shown.find("+// Lesson 04: a counter."), std::string::npos) << shown;
  EXPECT_NE(shown.find("without a conflict"), std::string::npos) << shown;
  EXPECT_NE(shown.find("./learn merge 04 --write"), std::string::npos) << shown;
  EXPECT_EQ(coach::read_file(file), mine);
  EXPECT_FALSE(coach::fs::exists(backup));
}

TEST_F(Updates, AreMergedWhenAsked) {
  learner_writes(todo, "return ++value_;");
  kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  const std::string mine = coach::read_file(file);
  merge({.id = "04", .write = true});
  EXPECT_EQ(coach::read_file(file),
            replaced(mine, "// Lesson 04, counter.", "// Lesson 04: a counter."));
  EXPECT_EQ(coach::read_file(backup), mine);
  EXPECT_TRUE(told().empty()) << "it is offered again";
}

TEST_F(Updates, ThatContradictAreMarkedAndSaid) {
  learner_writes("  int value_;", "  int value_ = 1;  // mine");
  kit_changes("  int value_;", "  long value_;");
  EXPECT_NE(merge({.id = "04"}).find("In one place"), std::string::npos);
  const std::string shown = merge({.id = "04", .write = true});
  EXPECT_NE(shown.find("look for <<<<<<<"), std::string::npos) << shown;
  const std::string text = coach::read_file(file);
  for (const char* part :
       {"<<<<<<< yours", "int value_ = 1;  // mine", "long value_;", ">>>>>>>"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  }
  EXPECT_NE(coach::read_file(backup).find("// mine"), std::string::npos);
}

TEST_F(Updates, BesideAFunctionThatWasWrittenAreNoConflict) {
  learner_writes(todo, "return ++value_;  // mine");
  kit_changes("//: 4.2 add one\ninline int Counter::add()",
              "// It never overflows.\n//: 4.2 add one\n[[nodiscard]] inline int Counter::add()");
  EXPECT_NE(merge({.id = "04"}).find("without a conflict"), std::string::npos);
  merge({.id = "04", .write = true});
  const std::string text = coach::read_file(file);
  EXPECT_NE(text.find("[[nodiscard]] inline int Counter::add() {\n  return ++value_;  // mine\n}"),
            std::string::npos)
      << text;
}

TEST_F(Updates, ThatTheLearnerMadeTooAreNoConflict) {
  learner_writes("  int value_;", "  long value_;");
  learner_writes(todo, "return 7;");
  kit_changes("  int value_;", "  long value_;");
  const std::string mine = coach::read_file(file);
  EXPECT_NE(merge({.id = "04", .write = true}).find("kept as"), std::string::npos);
  EXPECT_EQ(coach::read_file(file), mine);
}

TEST_F(Updates, CanBeDeclined) {
  learner_writes(todo, "return ++value_;");
  kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  const std::string mine = coach::read_file(file);
  merge({.id = "04", .keep = true});
  EXPECT_EQ(coach::read_file(file), mine);
  EXPECT_TRUE(told().empty());
  // The next one is offered again, against the version that was declined.
  kit_changes("// Lesson 04: a counter.", "// Lesson 04: counting.");
  EXPECT_NE(merge({}).find("+// Lesson 04: counting."), std::string::npos);
}

TEST_F(Updates, StartAnewWithAReset) {
  learner_writes(todo, "return ++value_;");
  kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  said([](const coach::Desk& desk) { coach::reset(desk, "04"); });
  EXPECT_TRUE(told().empty());
  learner_writes(todo, "return ++value_;");
  EXPECT_TRUE(told().empty());
}

TEST_F(Updates, OfAFileWhoseBeginningIsUnknownWaitForTheNext) {
  learner_writes(todo, "return ++value_;");
  coach::fs::remove_all(".learn");
  kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  EXPECT_TRUE(told().empty()) << "nobody knows which starter it was";
  kit_changes("// Lesson 04: a counter.", "// Lesson 04: counting.");
  EXPECT_FALSE(told().empty());
}

TEST_F(Updates, AreNotDeniedWhereNobodyKnows) {
  learner_writes(todo, "return ++value_;");
  EXPECT_NE(merge({}).find("has not changed anything"), std::string::npos);
  coach::fs::remove_all(".learn");
  kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  for (const char* id : {"", "04", "4.2"}) {
    const std::string shown = merge({.id = id});
    EXPECT_EQ(shown.find("has not changed anything"), std::string::npos) << shown;
    EXPECT_NE(shown.find("is not known"), std::string::npos) << shown;
    EXPECT_NE(shown.find("diff -u .learn/base/04-counting/aio/counter.hpp "), std::string::npos)
        << shown;
  }
  said([](const coach::Desk& desk) { coach::reset(desk, "04"); });
  EXPECT_NE(merge({}).find("has not changed anything"), std::string::npos);
}

TEST_F(Updates, OfAFileWhoseBeginningIsUnknownSettleTheBeginning) {
  learner_writes(todo, "return ++value_;");
  coach::fs::remove_all(".learn");
  coach::keep_bases(course);
  kit_changes("// Lesson 04, counter.", "// Lesson 04: a counter.");
  merge({.id = "04", .write = true});
  EXPECT_NE(merge({}).find("has not changed anything"), std::string::npos);
}

// ── a layer that is spread over other files ──

constexpr const char* moved_file = "exercises/04-counting/aio/adding.hpp";
constexpr const char* todo_begin = R"(AIO_TODO("4.1", "begin at zero");)";

class Reshaped : public Updates {
 protected:
  /// counter.hpp loses add() to a header of its own.
  void kit_splits_the_header() {
    const std::string adding =
        "#pragma once\n#include <aio/counter.hpp>\n\n//: 4.2 add one\n"
        "inline int Counter::add() { return ++value_; }\n";
    coach::write_file("runtime/aio/adding.hpp", adding);
    edit("runtime/aio/counter.hpp",
         "\n//: 4.2 add one\ninline int Counter::add() { return ++value_; }\n", "");
    edit("lessons/04-counting/lesson.json", "[\"counter\"]", "[\"counter\", \"adding\"]");
    course = coach::Course::read();
    coach::write_file(moved_file, starter(moved_file));  // it comes with the kit
    coach::keep_bases(course);
  }
  std::string starter(const coach::fs::path& path) {
    return coach::starter_of(course.lessons().front(), path).text;
  }
};

TEST_F(Reshaped, WhatWasWrittenMovesToTheNewFile) {
  learner_writes(todo, "return value_ += 1;  // mine");
  kit_splits_the_header();
  EXPECT_NE(told().find("./learn merge 04 --write"), std::string::npos) << told();
  const std::string mine = coach::read_file(file);
  const std::string shown = merge({.id = "04"});
  EXPECT_NE(shown.find("4.2 add one → exercises/04-counting/aio/adding.hpp"), std::string::npos)
      << shown;
  EXPECT_EQ(coach::read_file(file), mine);

  const std::string said = merge({.id = "04", .write = true});
  EXPECT_NE(coach::read_file(moved_file).find("return value_ += 1;  // mine"), std::string::npos);
  EXPECT_EQ(coach::read_file(file), starter(file));
  EXPECT_EQ(coach::read_file(backup), mine);
  EXPECT_EQ(said.find("were not moved"), std::string::npos) << said;
  EXPECT_TRUE(told().empty()) << told();
}

// As event_loop.hpp was split: the functions of the lesson stay, types that were given move.
TEST_F(Reshaped, WhatWasWrittenStaysWhenOnlyGivenTypesMove) {
  std::string given = "class Given {\n public:\n";
  for (int n = 0; n < 20; ++n) given += "  int number_" + std::to_string(n) + "();\n";
  given += "};\n\n";
  edit("runtime/aio/counter.hpp", "class Counter {", given + "class Counter {");
  coach::write_file(file, starter(file));
  coach::keep_bases(course);
  learner_writes(todo, "return value_ += 1;  // mine");
  coach::write_file("runtime/aio/counter/given.hpp", "#pragma once\n" + given);
  edit("runtime/aio/counter.hpp", given, "");
  edit("runtime/aio/counter.hpp", "#include <aio/clock.hpp>",
       "#include <aio/clock.hpp>\n#include <aio/counter/given.hpp>");
  coach::keep_bases(course);
  EXPECT_NE(told().find("./learn merge 04"), std::string::npos) << told();

  const std::string said = merge({.id = "04", .write = true});
  EXPECT_NE(said.find("./learn check 04"), std::string::npos) << said;
  const std::string text = coach::read_file(file);
  EXPECT_NE(text.find("return value_ += 1;  // mine"), std::string::npos) << said;
  EXPECT_EQ(text.find("class Given"), std::string::npos) << "it is defined twice:\n" << text;
  EXPECT_NE(text.find("<aio/counter/given.hpp>"), std::string::npos) << text;
  EXPECT_TRUE(told().empty()) << told();
}

TEST_F(Reshaped, WhatWasWrittenInBothOfThemIsKept) {
  learner_writes(todo, "return 1;");
  learner_writes(todo_begin, "value_ = 0;  // mine too");
  kit_splits_the_header();
  edit(moved_file, todo, "return 2;");  // written anew, after the kit came
  merge({.id = "", .write = true});
  EXPECT_NE(coach::read_file(file).find("value_ = 0;  // mine too"), std::string::npos);
  EXPECT_NE(coach::read_file(moved_file).find("return 2;"), std::string::npos);
}

TEST_F(Reshaped, WhatStandsBesidesTheFunctionsIsSaidToBeLeft) {
  learner_writes(todo, "return helper(value_);");
  learner_writes("// Implementation", "inline int helper(int n) { return n + 1; }");
  kit_splits_the_header();
  const std::string said = merge({.id = "04", .write = true});
  EXPECT_NE(said.find("copy it from there"), std::string::npos) << said;
  EXPECT_NE(coach::read_file(backup).find("helper(int n)"), std::string::npos);
}

TEST_F(Reshaped, AHeaderThatIsNoMoreGoesOnlyIfNobodyEditedIt) {
  learner_writes(todo, "return 7;");
  kit_splits_the_header();
  coach::fs::rename("runtime/aio/counter.hpp", "runtime/aio/tally.hpp");
  edit("runtime/aio/adding.hpp", "counter.hpp", "tally.hpp");
  edit("lessons/04-counting/lesson.json", "\"counter\"", "\"tally\"");
  course = coach::Course::read();
  EXPECT_TRUE(coach::remove_unedited_headers(course).empty());
  merge({.id = "", .write = true});
  EXPECT_FALSE(coach::fs::exists(file));
  EXPECT_TRUE(coach::fs::exists(backup));
  EXPECT_NE(coach::read_file(moved_file).find("return 7;"), std::string::npos);

  coach::write_file(file, "#pragma once\n");
  coach::set_base(file, "#pragma once\n");
  EXPECT_EQ(coach::remove_unedited_headers(course), std::vector<coach::fs::path>{file});
}

}  // namespace
