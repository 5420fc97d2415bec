// Linked into a program, this prints what each of its tasks did when, below the program's own
// output: `./learn demo 07 --timeline`. With LOOPWRIGHT_RECORD=FILE it writes all of that, and
// more, to a file for the book's picture instead. Both are told of the same record.

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <aio/debug.hpp>

#include "support/recording.hpp"
#include "support/story.hpp"

namespace tests {
namespace {

using Kind = RecordedItem::Kind;
using Trace = aio::TraceEvent::Kind;

/// Turns a record into the numbered steps of a story.
class Timeline {
 public:
  std::string told(const std::vector<RecordedItem>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const RecordedItem& item = items[i];
      if (item.kind == Kind::loop) enter(item);
      if (item.kind != Kind::event) continue;
      if (item.event.kind == Trace::made) names_[item.event.task] = item.event.text();
      const bool step = item.event.kind == Trace::ran && item.event.task != 0;
      if (step) tell(item.event, i + 1 < items.size() ? items[i + 1] : RecordedItem());
    }
    return text_;
  }

 private:
  void enter(const RecordedItem& loop) {
    if (!text_.empty()) text_ += "The next loop begins:\n";
    start_ = loop.event.at;
    known_.clear();
  }

  void tell(const aio::TraceEvent& ran, const RecordedItem& next) {
    const bool first = known_.insert(ran.task).second;
    std::string line = names_[ran.task] + (first ? " starts" : " goes on") + end_of(ran, next);
    const std::chrono::nanoseconds took(ran.took);
    const auto whole = std::chrono::floor<std::chrono::milliseconds>(took);
    if (whole.count() > 0) line += " (kept the thread for " + to_text(whole) + ")";
    const auto at =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(ran.at - start_));
    char head[40];
    std::snprintf(head, sizeof head, "%4d. %9s  ", ++steps_, to_text(at).c_str());
    text_ += head + line + "\n";
  }

  /// How the task ended, what it waits for, or that it is in the ready queue again.
  static std::string end_of(const aio::TraceEvent& ran, const RecordedItem& next) {
    const bool of_it = next.kind == Kind::event && next.event.task == ran.task;
    const std::string text(next.event.text());
    if (of_it && next.event.kind == Trace::waits) return ", then waits for " + text;
    if (!of_it || next.event.kind != Trace::ended) return " and is ready again";
    if (text.empty()) return " and ends";
    return text == "cancelled" ? " and ends cancelled" : " and fails" + text.substr(6);
  }

  std::map<std::uint32_t, std::string> names_;
  std::set<std::uint32_t> known_;
  std::string text_;
  aio::Clock::rep start_ = 0;
  int steps_ = 0;
};

/// A file for the picture, or null.
const char* wanted_file() {
  const char* const file = std::getenv("LOOPWRIGHT_RECORD");
  return file != nullptr && *file != '\0' ? file : nullptr;
}

void write_recording(const char* path) {
  Recording::own().note_output();
  const std::string text = to_json(Recording::own().items());
  std::FILE* const file = std::fopen(path, "we");
  if (file == nullptr || std::fwrite(text.data(), 1, text.size(), file) != text.size()) {
    std::fprintf(stderr, "loopwright: LOOPWRIGHT_RECORD: cannot write %s\n", path);
  }
  if (file != nullptr) std::fclose(file);
}

void (*made_before)(aio::EventLoop& loop) = nullptr;  // who else wants to hear of loops

void record(aio::EventLoop& loop) {
  if (made_before != nullptr) made_before(loop);
  if (Recording::own().of_this_thread()) loop.attachment<RecordedLoop>();
}

/// From before main() to behind its end.
struct WholeProgram {
  WholeProgram() {
    Recording::own();
    made_before = std::exchange(aio::detail::loop_hooks.made, record);
    if (wanted_file() != nullptr) record_output();
  }
  WholeProgram(const WholeProgram&) = delete;
  WholeProgram& operator=(const WholeProgram&) = delete;
  ~WholeProgram() {
    aio::detail::loop_hooks.made = made_before;
    const std::string text = to_timeline(Recording::own().items());
    if (wanted_file() != nullptr) {
      write_recording(wanted_file());
    } else if (text.empty()) {
      std::printf("\nThere is no timeline: no task of a loop has run in this program.\n");
    } else {
      std::printf("\nTimeline, in the time of the loop:\n%s", text.c_str());
    }
  }
};

const WholeProgram whole_program;

/// Lines are noted for the picture only, and not while one is being noted.
thread_local bool noting = wanted_file() == nullptr;

}  // namespace

std::string to_timeline(const std::vector<RecordedItem>& items) { return Timeline().told(items); }

}  // namespace tests

/// Called at each basic block of what is compiled with -fsanitize-coverage=trace-pc: the program
/// itself, but none of this.
extern "C" void __sanitizer_cov_trace_pc() {
  if (tests::noting) return;
  tests::noting = true;
  tests::Recording& recording = tests::Recording::own();
  if (recording.of_this_thread()) recording.reach(__builtin_return_address(0));
  tests::noting = false;
}
