#pragma once
// The slow way to run what is ready, for debug mode and for observers; and where the loop's reports
// go.

#include <chrono>
#include <cstdio>
#include <memory>
#include <new>
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

/// What is queued while it lives: what comes behind its mark. An empty queue needs none, and must
/// stay empty for a loop that is about to sleep.
class QueuedMeanwhile {
 public:
  explicit QueuedMeanwhile(EventLoop& loop) : loop_(loop) {
    if (loop.has_ready()) LoopEntry::of(loop).queue().push_back(mark_);
    marked_ = mark_.linked();
  }
  void tell(Observer& observer) {
    const auto tell_one = [&](const Ready& each) { observer.has_queued(loop_, each); };
    const List<Ready>& queue = LoopEntry::of(loop_).queue();
    if (!marked_) return queue.for_each(tell_one);
    queue.for_each_behind(mark_, tell_one);
    mark_.unlink();
  }

 private:
  struct Mark final : Ready {
    void run() override {}
  };
  EventLoop& loop_;
  Mark mark_;
  bool marked_ = false;
};

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
  const std::string name = debug_ ? detail::name_of(ready) : "a callback";
  const bool timed = debug_;
  const time_point started = timed ? time() : time_point();
  Observer* const observer = observer_;
  if (observer != nullptr) observer->will_run(*this, ready);
  detail::QueuedMeanwhile queued(*this);
  try {
    ready.run();
  } catch (...) {
    handle_exception(name);
  }
  if (observer != nullptr && observer == observer_) {
    observer->has_run(*this);
    queued.tell(*observer);
  }
  if (timed && debug_) warn_if_slow(name, time() - started);
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
