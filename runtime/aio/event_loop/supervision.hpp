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
  const std::string name = detail::name_of(ready);
  const time_point started = time();
  if (observer_ != nullptr) observer_->will_run(*this, ready);
  try {
    ready.run();
  } catch (...) {
    handle_exception(name);
  }
  if (observer_ != nullptr) observer_->has_run(*this);
  if (debug_) warn_if_slow(name, time() - started);
}

inline void EventLoop::warn_if_slow(const std::string& name, Clock::duration took) {
  if (took < slow_callback_) return;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  warn("slow: " + name + " kept the loop busy for " + std::to_string(ms) + " ms");
}

inline void EventLoop::warn(const std::string& warning) {
  if (warning_sink_) return warning_sink_(warning);
  std::fprintf(stderr, "%s\n", warning.c_str());
}

inline void EventLoop::set_debug(bool debug) {
  debug_ = debug;
  slow_way_ = debug_ || observer_ != nullptr;
}

inline void EventLoop::set_warning_sink(std::move_only_function<void(std::string_view)> sink) {
  warning_sink_ = std::move(sink);
}

inline void EventLoop::set_exception_handler(ExceptionHandler handler) {
  handler_ = handler ? std::make_shared<ExceptionHandler>(std::move(handler)) : nullptr;
}

}  // namespace aio
