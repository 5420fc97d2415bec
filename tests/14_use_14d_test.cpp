// use-14d: the fingerprints of many files.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "fingerprints.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/gate.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/temporary.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task;
using tests::LooksLike;
using Files = std::vector<std::filesystem::path>;

const auto compiled = tests::compiled_from(aio::layers::threads);

Files files(std::size_t count) {
  Files all;
  for (std::size_t i = 0; i < count; ++i) all.emplace_back("file-" + std::to_string(i));
  return all;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + "; ";
  return all;
}

void nobody_hears(std::size_t, std::size_t) {}

std::string name_of(const std::filesystem::path& file) { return "print of " + file.string(); }

/// Where makers of fingerprints wait until so many are there at the same time, and a moment longer
/// for one too many.
class Meeting {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}
  std::string join(const std::filesystem::path& file) {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++now_);
    changed_.notify_all();
    wait_for(wanted_, 2s, lock);
    wait_for(wanted_ + 1, 100ms, lock);
    over_ = true;  // it was there, or never will be
    --now_;
    return name_of(file);
  }
  std::string seen() const {
    if (most_ == 1) return "one";
    if (most_ == wanted_) return "as many as allowed";
    return most_ > wanted_ ? "more" : "fewer";
  }

 private:
  void wait_for(int count, std::chrono::milliseconds patience, std::unique_lock<std::mutex>& lock) {
    changed_.wait_for(lock, patience, [this, count] { return over_ || most_ >= count; });
  }

  const int wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int now_ = 0, most_ = 0;
  bool over_ = false;
};

std::string seen_at_once(std::size_t at_once) {
  const auto meeting = std::make_shared<Meeting>(static_cast<int>(at_once));
  const auto join = [meeting](const std::filesystem::path& file) { return meeting->join(file); };
  tests::run_virtual(fingerprints(files(40), join, at_once, nobody_hears));
  return meeting->seen();
}

TEST(Use14d_Fingerprints, AreInTheOrderOfTheFiles) {
  tests::Story story;
  const auto prints = tests::run_virtual(fingerprints(files(3), name_of, 2, nobody_hears));
  EXPECT_STORY(story, joined(prints), "print of file-0; print of file-1; print of file-2; ",
               "fingerprint i belongs to file i");
  const auto none = tests::run_virtual(fingerprints({}, name_of, 2, nobody_hears));
  EXPECT_STORY(story, none.size(), 0U, "no files, no fingerprints");
}

TEST(Use14d_Fingerprints, EightAreMadeAtOnce) {
  tests::Story story;
  EXPECT_STORY(story, seen_at_once(8), "as many as allowed",
               "eight at once are allowed, and there are enough files",
               LooksLike{std::string("more"), "a-thread-for-each-file"},
               LooksLike{std::string("one"), "one-file-after-the-other"});
}

TEST(Use14d_Fingerprints, NoMoreThanAllowed) {
  tests::Story story;
  EXPECT_STORY(story, seen_at_once(2), "as many as allowed",
               "an executor has as many threads as you say; to_thread() has its own number",
               LooksLike{std::string("more"), "as-many-as-the-loop-has"},
               LooksLike{std::string("one"), "one-file-after-the-other"});
}

TEST(Use14d_Fingerprints, TheLoopHearsOfEach) {
  tests::Story story;
  struct Heard {
    std::mutex mutex{};
    std::string text{};
    bool elsewhere = false;
  } heard;
  const auto home = std::this_thread::get_id();
  const auto hear = [&heard, home](std::size_t done, std::size_t all) {
    const std::lock_guard lock(heard.mutex);
    heard.text += std::to_string(done) + "/" + std::to_string(all) + " ";
    heard.elsewhere = heard.elsewhere || std::this_thread::get_id() != home;
  };
  tests::run_virtual(fingerprints(files(3), name_of, 2, hear));
  EXPECT_STORY(story, heard.elsewhere, false, "progress is called by the loop's thread",
               LooksLike{true, "a-thread-tells-how-far-it-is"});
  EXPECT_STORY(story, heard.text, "1/3 2/3 3/3 ", "progress is called once after each file");
}

TEST(Use14d_Fingerprints, OneThatCannotBeMadeSpoilsNoOther) {
  tests::Story story;
  const auto picky = [](const std::filesystem::path& file) {
    if (file == "file-1") throw std::runtime_error("no such file");
    return name_of(file);
  };
  std::size_t done = 0;
  const auto count = [&done](std::size_t, std::size_t) { ++done; };
  std::string seen;
  try {
    seen = joined(tests::run_virtual(fingerprints(files(3), picky, 2, count)));
  } catch (const std::runtime_error& error) {
    seen = std::string("thrown: ") + error.what();
  }
  EXPECT_STORY(story, seen, "print of file-0; error: no such file; print of file-2; ",
               "what a file throws stands in its place",
               LooksLike{std::string("thrown: no such file"), "one-file-ends-it-all"});
  EXPECT_STORY(story, done, 3U, "a file that has failed is done, too");
}

TEST(Use14d_Fingerprints, CancelledItBeginsNoMore) {
  struct Held {
    tests::Gate may_end{};
    std::atomic<int> begun = 0;
  };
  tests::Story story;
  const auto held = std::make_shared<Held>();
  const tests::OpensAtEnd opens(held->may_end);
  const auto hold = [held](const std::filesystem::path& file) {
    ++held->begun;
    held->may_end.wait();
    return name_of(file);
  };
  const auto body = [&story, &held, &hold]() -> Coro<> {
    const auto task = aio::create_task(fingerprints(files(9), hold, 2, nobody_hears));
    while (held->begun == 0 && !task.done()) co_await aio::sleep(0s);
    story.step("one has begun, and perhaps another one, and it is cancelled");
    task.cancel();
    bool cancelled = false;
    try {
      co_await task;
    } catch (const aio::CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled) << "Likely cause: CancelledError was caught and kept";
    held->may_end.open();
  };
  tests::run_virtual(body());
  const bool more_began = held->begun > 2;
  EXPECT_STORY(story, more_began, false, "what has not begun never does when it is cancelled");
}

TEST(Use14d_Fingerprints, OfAThousandFiles) {
  tests::Story story;
  struct Folder {
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    const std::filesystem::path path = tests::temporary("fingerprints");
  } const folder;
  Files all;
  for (int i = 0; i < 1000; ++i) {
    all.push_back(folder.path / std::to_string(i));
    std::ofstream(all.back()) << "content of " << i;
  }
  all.push_back(folder.path / "missing");
  const auto prints = tests::run_virtual(fingerprints(all, fingerprint_of, 8, nobody_hears));
  const std::set<std::string> different(prints.begin(), prints.end());
  EXPECT_STORY(story, different.size(), 1001U, "each of these files has a fingerprint of its own");
  EXPECT_STORY(story, prints.back(), "error: missing: No such file or directory",
               "the last one is not there");
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override { co_await fingerprints(files(3), name_of, 2, nobody_hears); }
};

TEST(Use14d_Fingerprints, NobodyIsLeftWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a task of fingerprints() goes on when it has ended");
}

}  // namespace
