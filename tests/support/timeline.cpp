// Linked into a program, this prints what each of its tasks did when, below the program's own
// output. `./learn demo 07 --timeline` runs a program that way.

#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <aio/task.hpp>

#include "support/story.hpp"

namespace tests {
namespace {

/// Turns what a loop runs into the numbered steps of a story.
class Timeline final : public aio::Observer {
 public:
  Timeline() { aio::detail::default_observer = this; }
  ~Timeline() {
    aio::detail::default_observer = nullptr;
    if (text_.empty()) {
      std::printf("\nThere is no timeline: no task of a loop has run in this program.\n");
    } else {
      std::printf("\nTimeline, in the time of the loop:\n%s", text_.c_str());
    }
  }

  void will_run(aio::EventLoop& loop, const aio::Ready& ready) override {
    auto* task = dynamic_cast<aio::detail::TaskBase*>(const_cast<aio::Ready*>(&ready));
    if (task == nullptr) return;
    enter(loop);
    task_ = aio::Ref(task);  // has_run() asks how it ended
    name_ = task->name();
    verb_ = known_.insert(name_).second ? "starts" : "goes on";
    began_ = loop.time();
  }

  void has_run(aio::EventLoop& loop) override {
    last_ = loop.time();
    const aio::Ref<aio::detail::TaskBase> task = std::exchange(task_, {});
    if (!task) return;
    std::string line = name_ + " " + verb_ + (task->done() ? end_of(*task) : wait_of(loop, *task));
    const auto took = std::chrono::floor<std::chrono::milliseconds>(last_ - began_);
    if (took.count() > 0) line += " (kept the thread for " + to_text(took) + ")";
    add(line);
  }

 private:
  /// A program may run several loops; a loop at the place of an earlier one is told by its clock,
  /// which begins again.
  void enter(aio::EventLoop& loop) {
    const bool known = loop_ == &loop && loop.time() >= last_;
    if (known) return;
    if (loop_ != nullptr) text_ += "The next loop begins:\n";
    loop_ = &loop;
    start_ = loop.time();
    known_.clear();
  }

  static std::string end_of(aio::detail::TaskBase& task) {
    if (task.cancelled()) return " and ends cancelled";
    const std::exception_ptr failure = task.failure();
    return failure == nullptr ? " and ends" : " and fails: " + aio::message_of(failure);
  }

  /// What it waits for, or that it is in the ready queue again.
  static std::string wait_of(aio::EventLoop& loop, aio::detail::TaskBase& task) {
    std::string wait = " and ends";
    loop.for_each_resident([&](aio::Resident& resident) {
      if (dynamic_cast<aio::detail::TaskBase*>(&resident) != &task) return;
      const std::string what = resident.describe();
      const std::size_t waits = what.find(", which ");
      wait =
          waits == std::string::npos ? " and is ready again" : ", then " + what.substr(waits + 8);
    });
    return wait;
  }

  void add(const std::string& line) {
    const auto at = std::chrono::floor<std::chrono::milliseconds>(began_ - start_);
    char head[40];
    std::snprintf(head, sizeof head, "%4d. %9s  ", ++steps_, to_text(at).c_str());
    text_ += head + line + "\n";
  }

  aio::Ref<aio::detail::TaskBase> task_;  // that runs
  const aio::EventLoop* loop_ = nullptr;
  std::set<std::string> known_;
  std::string name_, verb_, text_;
  aio::Clock::time_point start_, began_, last_;
  int steps_ = 0;
};

const Timeline timeline;

}  // namespace
}  // namespace tests
