// Linked into a program, this prints what each of its tasks did when, below the program's own
// output. `./learn demo 07 --timeline` runs a program that way.

#include <cstdio>
#include <set>
#include <string>
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
    if (steps_ == 0) start_ = loop.time();
    task_ = dynamic_cast<const aio::detail::TaskBase*>(&ready);
    if (task_ == nullptr) return;
    name_ = task_->name();
    verb_ = known_.insert(name_).second ? "starts" : "goes on";
    began_ = loop.time();
  }

  void has_run(aio::EventLoop& loop) override {
    if (task_ == nullptr) return;
    std::string line = name_ + " " + verb_ + ends_with(loop);
    const auto took = std::chrono::floor<std::chrono::milliseconds>(loop.time() - began_);
    if (took.count() > 0) line += " (kept the thread for " + to_text(took) + ")";
    add(line);
  }

 private:
  /// How the step ended: the task is finished, waits, or is in the ready queue again.
  std::string ends_with(aio::EventLoop& loop) const {
    std::string end = " and ends";
    loop.for_each_resident([&](aio::Resident& resident) {
      if (dynamic_cast<aio::detail::TaskBase*>(&resident) != task_) return;
      const std::string what = resident.describe();
      const std::size_t waits = what.find(", which ");
      end = waits == std::string::npos ? " and is ready again" : ", then " + what.substr(waits + 8);
    });
    return end;
  }

  void add(const std::string& line) {
    const auto at = std::chrono::floor<std::chrono::milliseconds>(began_ - start_);
    char head[40];
    std::snprintf(head, sizeof head, "%4d. %9s  ", ++steps_, to_text(at).c_str());
    text_ += head + line + "\n";
  }

  const aio::detail::TaskBase* task_ = nullptr;
  std::set<std::string> known_;
  std::string name_, verb_, text_;
  aio::Clock::time_point start_, began_;
  int steps_ = 0;
};

const Timeline timeline;

}  // namespace
}  // namespace tests
