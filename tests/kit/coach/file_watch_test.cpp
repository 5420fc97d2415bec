// Saves: whatever an editor does to save a file is told once. Time is virtual, and nothing runs
// while a test writes, so no burst of saves is ever cut in two.

#include "file_watch.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/task.hpp>

#include "fake_course.hpp"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const fs::path file = "exercises/answer.txt";

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

class FileWatch : public testing::Test {
 protected:
  FileWatch() {
    fs::create_directory("exercises");
    write(file, "before\n");
  }

  /// What is told of these acts, with time enough after each: "changed" or "same".
  std::vector<std::string> told_of(const std::vector<std::function<void()>>& acts) {
    aio::Runner runner(aio::EventLoop::Options{.clock = &clock});
    runner.run(watch(acts));
    return told;
  }
  std::vector<std::string> told_of(const std::function<void()>& act) {
    return told_of(std::vector{act});
  }

 private:
  aio::Coro<> watch(const std::vector<std::function<void()>>& acts) {
    coach::FileWatch watched(
        [this](bool changed) { told.push_back(changed ? "changed" : "same"); });
    watched.watch({file});
    for (const auto& act : acts) {
      act();
      co_await aio::sleep(2s);
    }
  }

  fake::Folder folder;
  aio::VirtualClock clock;
  std::vector<std::string> told;
};

using Told = std::vector<std::string>;

TEST_F(FileWatch, TellsOfASaveInPlace) {
  EXPECT_EQ(told_of([] { write(file, "after\n"); }), Told{"changed"});
}

TEST_F(FileWatch, TellsOfASaveByRenamingTheOldFileAway) {
  EXPECT_EQ(told_of([] {
              fs::rename(file, "exercises/answer.txt~");
              write(file, "after\n");
              fs::remove("exercises/answer.txt~");
            }),
            Told{"changed"});
}

TEST_F(FileWatch, TellsOfASaveByRenamingANewFileOver) {
  EXPECT_EQ(told_of([] {
              write("exercises/.new", "after\n");
              fs::rename("exercises/.new", file);
            }),
            Told{"changed"});
}

TEST_F(FileWatch, TellsOfASaveByDeletingAndWriting) {
  EXPECT_EQ(told_of([] {
              fs::remove(file);
              write(file, "after\n");
            }),
            Told{"changed"});
}

TEST_F(FileWatch, TellsManySavesAtOnceAsOne) {
  EXPECT_EQ(told_of([] {
              for (int i = 0; i < 100; ++i) write(file, std::to_string(i));
            }),
            Told{"changed"});
}

TEST_F(FileWatch, TellsSavesApartThatAreNotAtOnce) {
  const auto once = [] { write(file, "once\n"); };
  const auto twice = [] { write(file, "twice\n"); };
  EXPECT_EQ(told_of({once, twice}), (Told{"changed", "changed"}));
}

TEST_F(FileWatch, SaysWhenASaveChangesNothing) {
  const auto save = [] { write(file, "after\n"); };
  EXPECT_EQ(told_of({save, save}), (Told{"changed", "same"}));
}

TEST_F(FileWatch, WaitsForAFileThatIsAway) {
  EXPECT_EQ(told_of([] { fs::remove(file); }), Told{});
  EXPECT_EQ(told_of([] { write(file, "back\n"); }), Told{"changed"});
}

TEST_F(FileWatch, DoesNotTellOfOtherFiles) {
  EXPECT_EQ(told_of([] { write("exercises/other.txt", "after\n"); }), Told{});
}

TEST_F(FileWatch, FollowsItsFolderWhenThatIsReplaced) {
  const auto replace = [] {
    fs::remove_all("exercises");
    fs::create_directory("exercises");
    write(file, "before\n");
  };
  const auto save = [] { write(file, "after\n"); };
  EXPECT_EQ(told_of({replace, save}).back(), "changed");
}

}  // namespace
