// The starters of a whole lesson, cut in a folder with a course of its own.

#include "starters.hpp"

#include <string>

#include <gtest/gtest.h>

#include "fake_course.hpp"
#include "mistake.hpp"

namespace {

using coach::Course;

class Starters : public testing::Test {
 protected:
  static std::string starter(const std::string& file, std::string_view upto = {}) {
    const Course course = Course::read();
    for (const auto& one : coach::starters_of(course.lessons().at(0), upto)) {
      if (one.path.filename() == file) return one.text;
    }
    return "there is no such starter";
  }

  static std::string complaint() {
    try {
      const Course course = Course::read();
      coach::all_starters(course);
      return "";
    } catch (const coach::Mistake& mistake) {
      return mistake.what();
    }
  }

  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }

  fake::Folder folder;
};

TEST_F(Starters, OfALayerSayWhatTheyAreAndDeclareTheTodo) {
  const std::string text = starter("counter.hpp");
  EXPECT_TRUE(has(text, "// Your layer of lesson 04. Check it with: ./learn check 04\n")) << text;
  EXPECT_TRUE(has(text, "#include <aio/clock.hpp>\n#include <aio/support/todo.hpp>\n")) << text;
  EXPECT_TRUE(has(text, "// Lesson 04, counter.\n")) << text;
}

TEST_F(Starters, OfALayerHaveNoBodies) {
  const std::string text = starter("counter.hpp");
  EXPECT_TRUE(has(text,
                  "//: 4.1 begin at zero\ninline Counter::Counter() {\n"
                  "  AIO_TODO(\"4.1\", \"begin at zero\");\n}\n"))
      << text;
  EXPECT_TRUE(has(text, "AIO_TODO(\"4.2\", \"add one\");")) << text;
  EXPECT_FALSE(has(text, "value_ = 0")) << text;
}

TEST_F(Starters, WrittenUpToAStepKeepTheBodiesSoFar) {
  const std::string text = starter("counter.hpp", "4.1");
  EXPECT_TRUE(has(text, "{ value_ = 0; }")) << text;
  EXPECT_TRUE(has(text, "AIO_TODO(\"4.2\"")) << text;
  EXPECT_FALSE(has(starter("counter.hpp", "4.2"), "AIO_TODO("));
}

TEST_F(Starters, WrittenUpToAStepStillHaveTheirSmallExercises) {
  EXPECT_TRUE(has(starter("use-4d.cpp", "4.2"), "AIO_TODO(\"use-4d\""));
  EXPECT_TRUE(has(starter("fix-4c.cpp", "4.2"), "  counter.add(), counter.add();\n"));
}

TEST_F(Starters, OfAFixHaveTheMistakeAndNoMarkers) {
  const std::string text = starter("fix-4c.cpp");
  EXPECT_TRUE(has(text, "{\n  counter.add(), counter.add();\n}")) << text;
  EXPECT_FALSE(has(text, "//:")) << text;
  EXPECT_TRUE(has(text, "./learn check fix-4c")) << text;
}

TEST_F(Starters, OfAPredictionAreCommentsAndRoomForAnswers) {
  for (const char* file : {"predict-4a.txt", "predict-4b.txt"}) {
    const std::string text = starter(file);
    EXPECT_TRUE(text.starts_with("# predict-4")) << text;
    EXPECT_TRUE(text.ends_with("\n\n")) << text;
    for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
      EXPECT_TRUE(text[begin] == '#' || text[begin] == '\n') << text;
    }
  }
  EXPECT_TRUE(has(starter("predict-4b.txt"), "2. And afterwards?"));
}

TEST_F(Starters, AreTheSameEveryTime) { EXPECT_EQ(starter("counter.hpp"), starter("counter.hpp")); }

TEST_F(Starters, ComplainAboutATagThatTheLessonDoesNotHave) {
  folder.write("runtime/aio/counter.hpp",
               "#pragma once\n#include <vector>\n\n//: 4.9 what\ninline int f() { return 1; }\n");
  EXPECT_EQ(complaint().substr(0, 26), "runtime/aio/counter.hpp:4:") << complaint();
  EXPECT_TRUE(has(complaint(), "4.9")) << complaint();
}

TEST_F(Starters, ComplainAboutATagWithoutAFunctionByFileAndLine) {
  folder.write("runtime/aio/counter.hpp",
               "#pragma once\n#include <vector>\n//: 4.1 what\nint f();\n");
  EXPECT_EQ(complaint().substr(0, 26), "runtime/aio/counter.hpp:3:") << complaint();
}

TEST_F(Starters, LeaveTheTagsOfOtherLessonsAlone) {
  folder.write("runtime/aio/counter.hpp",
               "#pragma once\n#include <vector>\n//: 14.1 wake\ninline int f() { return 1; }\n"
               "//: 4.1 zero\ninline int g() { return 2; }\n");
  EXPECT_TRUE(has(starter("counter.hpp"), "//: 14.1 wake\ninline int f() { return 1; }\n"));
  EXPECT_TRUE(has(starter("counter.hpp"), "AIO_TODO(\"4.1\", \"zero\")"));
}

TEST_F(Starters, ComplainAboutAnAnswerWithoutTags) {
  folder.write("solutions/04-counting/use-4d.cpp", "#include <vector>\nint ten() { return 10; }\n");
  EXPECT_TRUE(has(complaint(), "solutions/04-counting/use-4d.cpp")) << complaint();
}

TEST_F(Starters, ComplainAboutAnAnswerThatIsNotThere) {
  std::filesystem::remove("solutions/04-counting/use-4d.cpp");
  EXPECT_TRUE(has(complaint(), "use-4d.cpp")) << complaint();
}

// ── the course that they are cut for ──

TEST_F(Starters, CourseUnderstandsEverySpellingOfAnId) {
  const Course course = Course::read();
  EXPECT_EQ(course.find("04").item, nullptr);
  EXPECT_EQ(course.find("4").lesson, &course.lessons().at(0));
  EXPECT_EQ(course.find("4.2").item->id, "4.2");
  EXPECT_EQ(course.find("04.2").item->id, "4.2");
  EXPECT_EQ(course.find("4a").item->id, "predict-4a");
  EXPECT_EQ(course.find("fix-4c").item->id, "fix-4c");
}

TEST_F(Starters, CourseNamesTheNearestIds) {
  const Course course = Course::read();
  for (const char* wrong : {"4.7", "fix-4x", "nonsense", "", "99", "4.", "-1"}) {
    try {
      course.find(wrong);
      ADD_FAILURE() << wrong << " was understood";
    } catch (const coach::WrongUsage& mistake) {
      EXPECT_TRUE(has(mistake.what(), "4")) << mistake.what();
    }
  }
}

TEST_F(Starters, CourseSaysWhichLessonFileIsBroken) {
  for (const char* broken :
       {"", "{", "[]", "{\"title\": 1}", "{\"title\": \"x\", \"steps\": [{}]}"}) {
    folder.write("lessons/04-counting/lesson.json", broken);
    EXPECT_TRUE(has(complaint(), "lessons/04-counting/lesson.json"))
        << broken << ": " << complaint();
  }
}

}  // namespace
