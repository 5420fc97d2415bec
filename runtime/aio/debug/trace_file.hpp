#pragma once
// A trace as text: JSON lines, an event each, or the format of Chrome's traces, which Perfetto and
// speedscope open: a process for each loop, a thread for each task, thread 0 for the loop itself.
//
// LOOPWRIGHT_TRACE=FILE in the environment of any program records its loops and writes FILE when
// each is closed: JSON lines if its name ends in .jsonl, else Chrome's format. What is ended by a
// signal, or leaves by exit() out of a loop, writes nothing. A child process with the same variable
// writes over its parent's file.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <unistd.h>

#include <aio/debug/trace.hpp>
#include <aio/event_loop.hpp>

namespace aio {

/// {"at":1000,"kind":"ran","task":2,"took":500}, a line for each event.
std::string to_json_lines(const std::vector<TraceEvent>& events);
/// An array of Chrome's trace events. `loop` tells the loops of a file apart.
std::string to_chrome_trace(const std::vector<TraceEvent>& events, std::uint64_t loop = 1);

// Implementation

namespace detail {

/// As a string of JSON, quotes included.
inline std::string to_json(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) >= ' ') json += c;
  }
  return json + '"';
}

inline const char* name_of(TraceEvent::Kind kind) {
  constexpr const char* names[] = {"made",   "ran",  "waits", "ended", "queued",  "polled",
                                   "begins", "seen", "set",   "unset", "watches", "forgets"};
  return names[static_cast<std::size_t>(kind)];
}

/// The members of an object, one after the other.
class JsonObject {
 public:
  JsonObject& add(const char* name, std::uint64_t number) {
    return raw(name, std::to_string(number));
  }
  JsonObject& add(const char* name, std::string_view text) { return raw(name, to_json(text)); }
  /// Microseconds, to the nanosecond.
  JsonObject& add_time(const char* name, Clock::rep nanoseconds) {
    char text[40];
    std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(nanoseconds / 1000),
                  static_cast<long long>(nanoseconds % 1000));
    return raw(name, text);
  }
  JsonObject& raw(const char* name, const std::string& value) {
    text_ += (text_.empty() ? "" : ",") + to_json(name) + ":" + value;
    return *this;
  }
  std::string text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

inline std::string json_line(const TraceEvent& event) {
  using Kind = TraceEvent::Kind;
  JsonObject line;
  line.add("at", static_cast<std::uint64_t>(event.at)).add("kind", name_of(event.kind));
  if (event.task != 0) line.add("task", event.task);
  if (event.node != 0) line.add("node", event.node);
  if (event.by != 0) line.add("by", event.by);
  if (event.by_node != 0) line.add("by_node", event.by_node);
  if (event.fd != -1) line.add("fd", static_cast<std::uint64_t>(event.fd));
  if (event.kind == Kind::ran || event.kind == Kind::polled) {
    line.add("took", static_cast<std::uint64_t>(event.took));
  }
  if (event.kind == Kind::set) line.raw("in", std::to_string(event.took));
  if (event.kind == Kind::polled) line.add("events", event.count).add("ready", event.ready);
  if (event.kind == Kind::begins) line.add("iteration", event.count).add("ready", event.ready);
  if (event.kind == Kind::seen || event.kind == Kind::watches || event.kind == Kind::forgets) {
    line.add("side", event.count);
  }
  if (!event.text().empty()) line.add("text", event.text());
  if (event.place.line() != 0) {
    line.add("file", event.place.file_name()).add("line", event.place.line());
  }
  return line.text() + "\n";
}

/// Writes events of one loop in Chrome's format.
class ChromeTrace {
 public:
  ChromeTrace(const std::vector<TraceEvent>& events, std::uint64_t loop)
      : events_(events), loop_(loop), next_runs_(events.size()) {
    std::unordered_map<std::uint32_t, const TraceEvent*> next;  // by task
    for (std::size_t i = events.size(); i-- > 0;) {
      const TraceEvent*& run = next[events[i].task];
      next_runs_[i] = run;
      if (events[i].kind == Kind::ran) run = &events[i];
    }
  }

  std::string text() {
    JsonObject name;
    add(begin("M", "process_name", 0).raw("args", name.add("name", loop_name()).text()));
    for (std::size_t i = 0; i < events_.size(); ++i) tell(i);
    return "[\n" + text_ + "\n]\n";
  }

 private:
  using Kind = TraceEvent::Kind;
  std::string loop_name() const { return "loop " + std::to_string(loop_); }
  JsonObject begin(const char* phase, std::string_view name, std::uint32_t thread) const {
    JsonObject made;
    made.add("ph", phase).add("name", name).add("pid", loop_).add("tid", thread);
    return made;
  }
  void add(const JsonObject& event) { text_ += (text_.empty() ? "" : ",\n") + event.text(); }
  void tell(std::size_t i);
  void tell_made(const TraceEvent& event);
  void tell_queued(std::size_t i);
  void tell_polled(const TraceEvent& event);
  void tell_descriptor(const TraceEvent& event);

  const std::vector<TraceEvent>& events_;
  const std::uint64_t loop_;
  std::vector<const TraceEvent*> next_runs_;  // of the event's task; null: none any more
  std::string text_;
};

inline void ChromeTrace::tell(std::size_t i) {
  const TraceEvent& event = events_[i];
  if (event.kind == Kind::made) return tell_made(event);
  if (event.kind == Kind::queued) return tell_queued(i);
  if (event.kind == Kind::polled) return tell_polled(event);
  if (event.fd != -1 && event.kind != Kind::waits) return tell_descriptor(event);
  if (event.kind == Kind::ran) {
    const std::string_view name = event.task != 0 ? "runs" : event.text();
    return add(begin("X", name, event.task).add_time("ts", event.at).add_time("dur", event.took));
  }
  if (event.kind == Kind::ended) {
    return add(begin("i", "ended", event.task).add_time("ts", event.at).add("s", "t"));
  }
  const TraceEvent* const next = next_runs_[i];
  if (event.kind != Kind::waits || next == nullptr) return;
  JsonObject wait = begin("X", "waits for " + std::string(event.text()), event.task);
  wait.add_time("ts", event.at).add_time("dur", next->at - event.at);
  JsonObject which;
  if (event.fd != -1) {
    wait.raw("args", which.add("fd", static_cast<std::uint64_t>(event.fd)).text());
  }
  add(wait);
}

/// "fd 7 is ready", of the loop itself, or "watches fd 7", of the task that does.
inline void ChromeTrace::tell_descriptor(const TraceEvent& event) {
  const std::string fd = "fd " + std::to_string(event.fd);
  const std::string name =
      event.kind == Kind::seen ? fd + " is ready" : name_of(event.kind) + (" " + fd);
  JsonObject which;
  which.add("fd", static_cast<std::uint64_t>(event.fd)).add("side", event.count);
  add(begin("i", name, event.by).add_time("ts", event.at).add("s", "t").raw("args", which.text()));
}

inline void ChromeTrace::tell_made(const TraceEvent& event) {
  JsonObject name, place;
  add(begin("M", "thread_name", event.task)
          .raw("args", name.add("name", "task " + std::string(event.text())).text()));
  place.add("file", event.place.line() == 0 ? "" : event.place.file_name());
  place.add("line", event.place.line());
  add(begin("i", "made", event.task)
          .add_time("ts", event.at)
          .add("s", "t")
          .raw("args", place.text()));
}

/// An arrow from who woke the task to its next step.
inline void ChromeTrace::tell_queued(std::size_t i) {
  const TraceEvent& event = events_[i];
  if (event.task == 0) return;
  const TraceEvent* const next = next_runs_[i];
  if (next == nullptr) return;
  add(begin("s", "wakes", event.by).add_time("ts", event.at).add("id", i).add("cat", "wakes"));
  add(begin("f", "wakes", event.task)
          .add_time("ts", next->at)
          .add("id", i)
          .add("cat", "wakes")
          .add("bp", "e"));
}

inline void ChromeTrace::tell_polled(const TraceEvent& event) {
  JsonObject found, ready;
  add(begin("X", "poll", 0)
          .add_time("ts", event.at)
          .add_time("dur", event.took)
          .raw("args", found.add("events", event.count).add("ready", event.ready).text()));
  add(begin("C", "ready queue", 0)
          .add_time("ts", event.at + event.took)
          .raw("args", ready.add("tasks", event.ready).text()));
}

/// Records a loop for the file that the environment names.
class TraceToFile final : public Attachment {
 public:
  explicit TraceToFile(EventLoop& loop)
      : path_(path()), loop_(LoopEntry::of(loop).id()), trace_(std::make_unique<Trace>(loop)) {}
  TraceToFile(const TraceToFile&) = delete;
  TraceToFile& operator=(const TraceToFile&) = delete;
  ~TraceToFile() override {
    try {
      write();
    } catch (const std::exception&) {  // no memory for the text
    }
  }

  /// Null: none is wanted. REQUIRES of the constructor: one is.
  static const char* path() {
    const char* const named = std::getenv("LOOPWRIGHT_TRACE");
    return named != nullptr && *named != '\0' ? named : nullptr;
  }

 private:
  void write() const {
    static std::mutex mutex;
    static bool begun = false;
    const std::lock_guard lock(mutex);
    const bool lines = path_.ends_with(".jsonl");
    const std::vector<TraceEvent> events = trace_->events();
    std::string text = lines ? to_json_lines(events) : to_chrome_trace(events, loop_);
    std::FILE* const file = std::fopen(path_.c_str(), begun ? "r+e" : "we");
    if (file == nullptr) return complain();
    std::fseek(file, begun && !lines ? -3 : 0, SEEK_END);
    if (begun && !lines) text = ",\n" + text.substr(2);  // in place of "\n]\n", and without "[\n"
    std::fwrite(text.data(), 1, text.size(), file);
    if (std::fclose(file) != 0) complain();
    begun = true;
    tell_lost();
  }
  void complain() const {
    std::fprintf(stderr, "loopwright: LOOPWRIGHT_TRACE: cannot write %s\n", path_.c_str());
  }
  void tell_lost() const {
    if (trace_->lost() == 0) return;
    std::fprintf(stderr, "loopwright: the trace in %s has the newest events; %llu are lost\n",
                 path_.c_str(), static_cast<unsigned long long>(trace_->lost()));
  }

  const std::string path_;
  const std::uint64_t loop_;
  const std::unique_ptr<Trace> trace_;
};

inline void trace_if_wanted(EventLoop& loop) {
  if (TraceToFile::path() != nullptr) loop.attachment<TraceToFile>();
}
inline bool make_traces_known() {
  loop_hooks.made = trace_if_wanted;
  return true;
}
/// From now on loops look whether they are to be traced.
inline const bool traces_are_known = make_traces_known();

}  // namespace detail

inline std::string to_json_lines(const std::vector<TraceEvent>& events) {
  std::string text;
  for (const TraceEvent& event : events) text += detail::json_line(event);
  return text;
}

inline std::string to_chrome_trace(const std::vector<TraceEvent>& events, std::uint64_t loop) {
  return detail::ChromeTrace(events, loop).text();
}

}  // namespace aio
