// Progress: it survives new ids, several coaches at once, being killed in the middle of a write,
// and goes to another machine.

#include "progress.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "commands.hpp"
#include "course.hpp"
#include "fake_course.hpp"
#include "files.hpp"
#include "mistake.hpp"

namespace {

using coach::Course;
using coach::Progress;
namespace fs = std::filesystem;

class Progresses : public testing::Test {
 protected:
  /// Runs `work` in a process of its own.
  template <class Work>
  static pid_t in_a_child(Work work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    work();
    std::_Exit(0);
  }
  static int end_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  /// The lesson with another beginning of its second step.
  void rename_second_step(std::string_view beginning) const {
    std::string text(fake::lesson_json);
    const std::string_view before = R"({ "id": "4.2", )";
    folder.write("lessons/04-counting/lesson.json",
                 text.replace(text.find(before), before.size(), beginning));
  }

  fake::Folder folder;
  coach::Terminal terminal{true};
};

/// A disk of 16 KiB, where we may mount one.
class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("none", path(), "tmpfs", 0, "size=16k") == 0) {}
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount(path());
    ::rmdir(path());
  }
  bool mounted() const { return mounted_; }
  const char* path() { return path_.c_str(); }
  fs::path file(std::string_view name) const { return fs::path(path_) / name; }

 private:
  std::string path_ = [] {
    std::string pattern = fs::temp_directory_path() / "small-disk-XXXXXX";
    return std::string(::mkdtemp(pattern.data()));
  }();
  bool mounted_;
};

TEST_F(Progresses, AreAsTheyWereWhenTheDiskIsFull) {
  SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "a disk cannot be mounted here";
  coach::write_file(disk.file("progress.json"), "{}");
  try {
    coach::write_file(disk.file("progress.json"), std::string(64 * 1024, 'x'));
    ADD_FAILURE() << "the disk is not full";
  } catch (const coach::Mistake& mistake) {
    EXPECT_NE(std::string(mistake.what()).find("The disk is full"), std::string::npos);
  }
  EXPECT_EQ(coach::read_file(disk.file("progress.json")), "{}");
  const fs::directory_iterator files(disk.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "what was written halfway is left";
}

TEST_F(Progresses, StayWithARenamedExercise) {
  Progress(terminal, Course::read().keys()).checked("4.2", true);
  rename_second_step(R"({ "id": "4.3", "formerly": ["4.2"], )");
  const Course course = Course::read();
  Progress progress(terminal, course.keys());
  EXPECT_TRUE(progress.of("4.3").passed);
  progress.checked("4.3", false);
  EXPECT_EQ(Progress(terminal, course.keys()).of("4.3").failures, 1);
  EXPECT_EQ(course.find("4.2").item->id, "4.3") << "its old id is still understood";
}

TEST_F(Progresses, StayWithStepsThatMadeRoomForANewOne) {
  Progress(terminal, Course::read().keys()).checked("4.2", true);
  rename_second_step(R"({ "id": "4.2", "key": "4.2 subtract", "task": "New.", "learned": "New." },
                        { "id": "4.3", "formerly": ["4.2"], )");
  const Course course = Course::read();
  const Progress progress(terminal, course.keys());
  EXPECT_FALSE(progress.of("4.2").passed) << "the new step has not been done";
  EXPECT_TRUE(progress.of("4.3").passed);
  EXPECT_EQ(course.find("4.2").item->id, "4.2");
}

TEST_F(Progresses, MadeUnderANewNameBeforeTheOldOneWasToldAreFound) {
  rename_second_step(R"({ "id": "4.3", )");
  Progress(terminal, Course::read().keys()).checked("4.3", true);
  rename_second_step(R"({ "id": "4.3", "formerly": ["4.2"], )");
  EXPECT_TRUE(Progress(terminal, Course::read().keys()).of("4.3").passed);
}

TEST_F(Progresses, OfTwoExercisesUnderOneKeyAreRefused) {
  rename_second_step(R"({ "id": "4.2", "formerly": ["4.1"], )");
  EXPECT_THROW(Course::read(), coach::Mistake);
}

TEST_F(Progresses, OfExercisesThatAreGoneAreKept) {
  Progress(terminal).checked("9.9", true);
  Progress(terminal, Course::read().keys()).checked("4.1", true);
  EXPECT_TRUE(Progress(terminal).of("9.9").passed);
}

TEST_F(Progresses, OfSeveralCoachesAtOnceAddUp) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(in_a_child([this] {
      Progress progress(terminal);
      for (int k = 0; k < 25; ++k) progress.checked("4.1", false);
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(end_of(child), 0);
  EXPECT_EQ(Progress(terminal).of("4.1").failures, 100);
}

TEST_F(Progresses, SurviveBeingKilledInTheMiddleOfAWrite) {
  int before = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = in_a_child([this] {
      for (Progress progress(terminal);;) progress.checked("4.1", false);
    });
    ::usleep(static_cast<useconds_t>(1000 + 173 * round % 4000));
    ::kill(child, SIGKILL);
    end_of(child);
    const int now = Progress(terminal).of("4.1").failures;
    ASSERT_GE(now, before) << "what was saved is lost";
    before = now;
  }
  EXPECT_GT(before, 0);
  Progress(terminal).checked("4.1", true);
  std::vector<std::string> names;
  for (const auto& entry : coach::fs::directory_iterator(".learn")) {
    names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"progress.json", "progress.lock"}))
      << "something is left behind, or was set aside as damaged";
}

class Journeys : public Progresses {
 protected:
  int exported(const std::string& file, bool force = false) {
    return coach::export_progress({terminal, course, progress}, file, force);
  }
  int imported(const std::string& file, bool replace = false) {
    return coach::import_progress({terminal, course, progress}, file, replace);
  }

  Course course = Course::read();
  Progress progress{terminal, course.keys()};
};

TEST_F(Journeys, BringEverythingAlong) {
  progress.checked("4.1", true);
  progress.checked("4.2", false);
  EXPECT_EQ(exported("there.json"), 0);
  coach::fs::remove_all(".learn");
  Progress there(terminal, course.keys());
  EXPECT_EQ(coach::import_progress({terminal, course, there}, "there.json", false), 0);
  EXPECT_EQ(there.of("4.1"), progress.of("4.1"));
  EXPECT_EQ(there.of("4.2"), progress.of("4.2"));
  EXPECT_TRUE(Progress(terminal).of("4.1").passed) << "it is not saved";
}

TEST_F(Journeys, KeepTheBetterOfBoth) {
  progress.checked("4.1", true);
  exported("there.json");
  progress.checked("4.1", false);
  progress.checked("4.2", true);
  imported("there.json");
  EXPECT_TRUE(progress.of("4.1").passed);
  EXPECT_EQ(progress.of("4.1").failures, 1);
  EXPECT_TRUE(progress.of("4.2").passed);
}

TEST_F(Journeys, ReplaceWhatIsHereWhenAsked) {
  progress.checked("4.1", true);
  exported("there.json");
  progress.checked("4.2", true);
  imported("there.json", true);
  EXPECT_TRUE(progress.of("4.1").passed);
  EXPECT_FALSE(progress.of("4.2").passed);
}

TEST_F(Journeys, OverwriteNoFileUnasked) {
  folder.write("there.json", "mine");
  EXPECT_THROW(exported("there.json"), coach::Mistake);
  EXPECT_EQ(coach::read_file("there.json"), "mine");
  EXPECT_EQ(exported("there.json", true), 0);
  EXPECT_NE(coach::read_file("there.json"), "mine");
}

TEST_F(Journeys, OfSomethingElseChangeNothing) {
  progress.checked("4.1", true);
  const std::string before = coach::read_file(".learn/progress.json");
  for (const char* text : {"", "{", "[]", "null", R"({"version": 1})", R"({"version": 99})",
                           R"({"version":1,"items":{"4.2":7}})"}) {
    folder.write("there.json", text);
    EXPECT_THROW(imported("there.json", true), coach::Mistake) << text;
    EXPECT_EQ(coach::read_file(".learn/progress.json"), before) << text;
  }
  EXPECT_THROW(imported("nowhere.json"), coach::Mistake);
}

}  // namespace
