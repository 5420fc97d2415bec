#pragma once
// Debug mode: LOOPWRIGHT_DEBUG=1 in the environment of any program, LoopOptions::debug or
// EventLoop::set_debug(). A loop in debug mode warns of
//  - a callback, or a step of a task, that takes long (LoopOptions::slow_callback), and of the call
//    in it that blocks: watch.hpp;
//  - a Coro that is destroyed and was never awaited;
//  - tasks that still run when run() ends;
// and its reports tell where a task was made. Switched off, it costs nothing.

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>

#include <execinfo.h>

#include <aio/coro.hpp>
#include <aio/debug/symbols.hpp>
#include <aio/debug/watch.hpp>
#include <aio/event_loop.hpp>

namespace aio::detail {

/// The innermost function that is not the runtime's: who calls it.
[[gnu::noinline]] inline std::string calling_function() {
  std::array<void*, 24> frames{};
  const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 0; i < depth; ++i) {
    const CodePlace place(static_cast<const char*>(frames[static_cast<std::size_t>(i)]) - 1);
    if (!place.of_the_runtime()) return place.text();
  }
  return "?";
}

/// The compilers put the address of the function that resumes a coroutine first in its frame.
inline std::string name_of(std::coroutine_handle<> coroutine) {
  const CodePlace place(*static_cast<const void* const*>(coroutine.address()));
  return place.function().empty() ? "a coroutine" : place.function();
}

/// To the loop of this thread if it is in debug mode; not while an exception passes, which drops
/// what was to be awaited next.
inline void warn_of_dropped(std::coroutine_handle<> never_begun) noexcept {
  EventLoop* const loop = loop_of_this_thread;
  if (loop == nullptr || !loop->debug() || std::uncaught_exceptions() > 0) return;
  try {
    LoopEntry::of(*loop).warn("loopwright: never awaited: " + name_of(never_begun) +
                              "; the Coro was dropped in " + calling_function());
  } catch (const std::exception&) {  // no memory for the text
  }
}

inline void debug_has_changed(EventLoop& loop) {
  if (!loop.debug() || loop.is_closed()) return;
  hear_of_dropped = warn_of_dropped;
  loop.attachment<Watch>();
}

inline std::string tell_where_it_was(EventLoop& loop) {
  return loop.attachment<Watch>().tell_where();
}
inline bool make_debug_mode_known() {
  loop_hooks.debug_changed = debug_has_changed;
  loop_hooks.tell_where = tell_where_it_was;
  return true;
}
/// From now on loops tell debug mode of what they do.
inline const bool debug_mode_is_known = make_debug_mode_known();

}  // namespace aio::detail
