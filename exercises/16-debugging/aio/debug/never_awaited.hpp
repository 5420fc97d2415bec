#pragma once
// Your layer of lesson 16. Check it with: ./learn check 16
// Lesson 16, never_awaited: a Coro that nobody awaits never runs, and says nothing.
//
//  4. In debug mode it is noted of each Coro who made it: a few addresses on the stack.
//  5. What they mean is looked up when a warning is written, and not before: that is slow.
//  6. A note is about a frame's address. What is made there later has a note of its own, or none.
//  7. Nothing here throws: a warning that cannot be written must not end a program.

#include <array>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <unordered_map>

#include <execinfo.h>

#include <aio/coro.hpp>
#include <aio/debug/symbols.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* never_awaited = __FILE__;  // which copy was compiled; tests print it
}

namespace detail {

/// A part of a thread's stack, the innermost function first: where each will go on.
class Callers {
 public:
  /// Those of the function that calls this.
  [[gnu::noinline]] static Callers now() noexcept {
    Callers taken;
    taken.depth_ = ::backtrace(taken.frames_.data(), static_cast<int>(taken.frames_.size()));
    return taken;
  }

  /// The innermost function that is not the runtime's: "load(int) (shop.cpp:31)", or "?".
  std::string outside() const { return outside_from(0); }
  /// The same, but behind `function` where that is one of them. (A compiler may have put it into
  /// its caller.)
  std::string outside_behind(const std::string& function) const;

 private:
  CodePlace at(int i) const {  // a return address is behind the call
    return CodePlace(static_cast<const char*>(frames_[static_cast<std::size_t>(i)]) - 1);
  }
  std::string outside_from(int first) const;

  std::array<void*, 16> frames_{};
  int depth_ = 0;
};

/// Who made the coroutines that are there.
class CoroOrigins {
 public:
  static CoroOrigins& all() {
    static CoroOrigins origins;
    return origins;
  }
  /// The coroutine with this frame is being made by who calls. Takes the place of an older note.
  void note(const void* frame);
  /// Another one may have had this frame's address.
  void forget(const void* frame);
  /// "load(int) (shop.cpp:31)", or nothing when it is not known. `name` is the coroutine's.
  std::string of(const void* frame, const std::string& name) const;

 private:
  mutable std::mutex mutex_;  // loops in debug mode may run in several threads
  std::unordered_map<const void*, Callers> made_by_;
};

/// The function that resumes a coroutine: the compilers put its address first in the frame.
inline const void* resumed_by(std::coroutine_handle<> coroutine) {
  return *static_cast<const void* const*>(coroutine.address());
}
/// The name of a coroutine's function.
std::string name_of(std::coroutine_handle<> coroutine);
/// Is the loop of this thread in debug mode? Null: it is not, or there is none.
EventLoop* debugged_loop();

/// Warns the loop of this thread, if that is in debug mode, of a coroutine that nobody has begun.
/// Not while an exception passes, which drops what was to be awaited next.
void warn_of_dropped(std::coroutine_handle<> never_begun) noexcept;
/// For each coroutine that is made, once a loop has been in debug mode.
void note_made(const void* frame) noexcept;

}  // namespace detail

// Implementation

namespace detail {

//: 16.2 remember who calls, for a frame at this address
inline void CoroOrigins::note(const void* frame) {
  AIO_TODO("16.2", "remember who calls, for a frame at this address");
}

inline void CoroOrigins::forget(const void* frame) {
  const std::lock_guard lock(mutex_);
  made_by_.erase(frame);
}

//: 16.2 what was noted, behind the coroutine's own function
inline std::string CoroOrigins::of(const void* frame, const std::string& name) const {
  AIO_TODO("16.2", "what was noted, behind the coroutine's own function");
}

//: 16.2 say which coroutine it was, who made it, and who has dropped it
inline void warn_of_dropped(std::coroutine_handle<> never_begun) noexcept {
  // TODO 16.2: say which coroutine it was, who made it, and who has dropped it
}

inline void note_made(const void* frame) noexcept {
  try {
    CoroOrigins& origins = CoroOrigins::all();
    debugged_loop() != nullptr ? origins.note(frame) : origins.forget(frame);
  } catch (const std::exception&) {  // no memory for the note
  }
}

inline EventLoop* debugged_loop() {
  EventLoop* const loop = loop_of_this_thread;
  return loop != nullptr && loop->debug() ? loop : nullptr;
}

inline std::string name_of(std::coroutine_handle<> coroutine) {
  const CodePlace place(resumed_by(coroutine));
  return place.function().empty() ? "a coroutine" : place.function();
}

inline std::string Callers::outside_from(int first) const {
  for (int i = first; i < depth_; ++i) {
    const CodePlace place = at(i);
    if (!place.of_the_runtime()) return place.text();
  }
  return "?";
}

inline std::string Callers::outside_behind(const std::string& function) const {
  for (int i = 0; i < depth_; ++i) {
    if (at(i).function() == function) return outside_from(i + 1);
  }
  return outside();
}

}  // namespace detail
}  // namespace aio
