#pragma once
// The slow way to run what is ready, for debug mode and for observers; and where the loop's reports
// go.

#include <chrono>
#include <cstdio>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <aio/event_loop.hpp>

namespace aio {

inline void EventLoop::run_one(Ready& ready) {
  if (slow_way_) [[unlikely]]
    return run_watched(ready);
  try {
    ready.run();
  } catch (...) {
    handle_exception("a callback");
  }
}

namespace detail {

/// What is queued from its beginning to its end: what comes behind a mark. An empty queue needs
/// none, and must stay empty for a loop that is about to sleep.
class QueuedMeanwhile {
 public:
  explicit QueuedMeanwhile(EventLoop& loop) : loop_(loop), queue_(LoopEntry::of(loop).queue()) {
    if (!queue_.empty()) queue_.push_back(mark_);
  }
  /// Ends, and tells which.
  void tell(Observer& observer) {
    Ready* each = mark_.linked()   ? queue_.behind(mark_)
                  : queue_.empty() ? nullptr
                                   : &queue_.front();
    mark_.unlink();
    for (; each != nullptr; each = queue_.behind(*each)) observer.has_queued(loop_, *each);
  }

 private:
  struct Mark final : Ready {
    void run() override {}
  };
  EventLoop& loop_;
  List<Ready>& queue_;
  Mark mark_;
};

inline void LoopEntry::mark_timers() {
  begins_ = true;
  mark_.unlink();
  if (!loop_.shuffle_) queue().push_back(mark_);
}

inline bool LoopEntry::tell_timers(const Ready& next) {
  const bool is_mark = &next == &mark_;
  if (!std::exchange(begins_, false) || loop_.observer_ == nullptr) return is_mark;
  Ready* each = is_mark && !queue().empty() ? &queue().front()
                : mark_.linked()            ? queue().behind(mark_)
                                            : nullptr;
  for (; each != nullptr; each = queue().behind(*each)) {
    if (dynamic_cast<EventLoop::EndOfBatch*>(each) != nullptr) continue;
    loop_.observer_->has_queued(loop_, *each);
  }
  mark_.unlink();
  std::size_t ready = is_mark ? 0 : 1;
  queue().for_each([&ready](const Ready& one) {
    if (dynamic_cast<const EventLoop::EndOfBatch*>(&one) == nullptr) ++ready;
  });
  loop_.observer_->will_run_ready(loop_, ready);
  return is_mark;
}

/// What reports have cost in the callback that runs: they look up names and lines, which is slow,
/// and not the callback's fault.
inline constinit thread_local Clock::duration time_of_reports{};

/// It runs even if there is no memory for its name.
inline std::string name_of(const Ready& ready) noexcept {
  try {
    return ready.describe();
  } catch (const std::bad_alloc&) {
    return "a callback";
  }
}

}  // namespace detail

/// The slow way, for debug mode and observers: knows the name and the time of what runs.
inline void EventLoop::run_watched(Ready& ready) {
  if (entry_.tell_timers(ready)) return;
  const std::string name = debug_ ? detail::name_of(ready) : "a callback";
  std::optional<time_point> started;  // what runs may turn debug mode on
  if (debug_) started = time();
  detail::time_of_reports = {};
  Observer* const observer = observer_;
  if (observer != nullptr) observer->will_run(*this, ready);
  detail::QueuedMeanwhile queued(*this);
  try {
    ready.run();
  } catch (...) {
    try {
      handle_exception(name);
    } catch (...) {  // a FatalError: nobody who looks on may take it for running
      if (observer != nullptr && observer == observer_) observer->has_run(*this);
      throw;
    }
  }
  if (observer != nullptr && observer == observer_) {
    queued.tell(*observer);
    observer->has_run(*this);
  }
  if (started && debug_) warn_if_slow(name, time() - *started - detail::time_of_reports);
}

inline void EventLoop::warn_if_slow(const std::string& name, Clock::duration took) {
  if (took < slow_callback_) return;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  const std::string where =
      detail::loop_hooks.tell_where != nullptr ? detail::loop_hooks.tell_where(*this) : "";
  warn("slow: " + name + " kept the loop busy for " + std::to_string(ms) + " ms" + where);
}

inline void EventLoop::warn(const std::string& warning) {
  if (warning_sink_) return warning_sink_(warning);
  std::fprintf(stderr, "%s\n", warning.c_str());
}

inline void EventLoop::set_debug(bool debug) {
  debug_ = debug;
  slow_way_ = debug_ || observer_ != nullptr;
  if (detail::loop_hooks.debug_changed != nullptr) detail::loop_hooks.debug_changed(*this);
}

inline void EventLoop::set_warning_sink(std::move_only_function<void(std::string_view)> sink) {
  warning_sink_ = std::move(sink);
}

inline void EventLoop::set_exception_handler(ExceptionHandler handler) {
  handler_ = handler ? std::make_shared<ExceptionHandler>(std::move(handler)) : nullptr;
}

}  // namespace aio
