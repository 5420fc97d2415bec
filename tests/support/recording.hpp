#pragma once
// What a program did, from its first line to its last, as the book draws it: the trace of each of
// its loops, and between its events which lines of the program ran, and what it printed.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <aio/debug/trace.hpp>
#include <aio/event_loop.hpp>

namespace tests {

/// One thing that happened, in the order in which it did.
struct RecordedItem {
  enum class Kind : std::uint8_t {
    loop,    // another loop begins; text: "virtual" or "real", its clock
    starts,  // a step of event.task, or else of event.node
    polls,   // the loop asks the kernel
    event,   // what the trace says; it closes what started
    line,    // code: where the program is
    output,  // text: what it printed
    closed,  // the loop is closed
    cut,     // the program went on, but nothing was noted any more
  };
  Kind kind = Kind::event;
  aio::TraceEvent event{};     // of `event`; else only its time, and whose step starts
  const void* code = nullptr;  // an address behind the call
  std::string text{};
};

/// The one recording of this process. It begins before main().
class Recording {
 public:
  static Recording& own();
  /// Is anything recorded of this thread?
  bool of_this_thread() const;
  void add(RecordedItem item);
  /// The program is at another place: a basic block begins, or a call has returned.
  void reach(const void* code);
  /// Lines of code are counted anew.
  void begin_step() { lines_of_step_ = 0; }
  /// Notes what has been printed since.
  void note_output();
  const std::vector<RecordedItem>& items() const { return items_; }

 private:
  std::vector<RecordedItem> items_;
  const void* last_code_ = nullptr;
  std::size_t lines_of_step_ = 0;
};

/// From now on what is printed is noted, and shown too. Returns false if that cannot be.
bool record_output();

/// Records one loop, as an attachment of it.
class RecordedLoop final : public aio::Attachment, public aio::Observer {
 public:
  explicit RecordedLoop(aio::EventLoop& loop);
  RecordedLoop(const RecordedLoop&) = delete;
  RecordedLoop& operator=(const RecordedLoop&) = delete;
  ~RecordedLoop() override;

  void will_run(aio::EventLoop& loop, const aio::Ready& ready) override;
  void has_run(aio::EventLoop& loop) override;
  void will_poll(aio::EventLoop& loop) override;
  void has_polled(aio::EventLoop& loop, std::size_t events) override;
  void will_run_ready(aio::EventLoop& loop, std::size_t ready) override;
  /// Takes over what the trace has, and what the running step has queued so far.
  void look();

 private:
  void take_over();
  void look_at_queue();

  aio::EventLoop& loop_;
  aio::Trace trace_;
  std::uint64_t taken_ = 0;           // of the trace's events
  const aio::Ready* last_ = nullptr;  // in the queue when the step began
  bool in_step_ = false;
  std::set<std::pair<std::uint32_t, std::uint32_t>> told_;  // queued in this step, by task and node
  std::set<const aio::Ready*> looked_at_;                   // of them
};

/// As JSON, with the text of the files whose lines ran.
std::string to_json(const std::vector<RecordedItem>& items);
/// As lines of text: what each task did when. Empty when no task has run.
std::string to_timeline(const std::vector<RecordedItem>& items);

}  // namespace tests
