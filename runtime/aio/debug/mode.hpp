#pragma once
// Debug mode: LOOPWRIGHT_DEBUG=1 in the environment of any program, LoopOptions::debug or
// EventLoop::set_debug(). A loop in debug mode warns of
//  - a callback, or a step of a task, that takes long (LoopOptions::slow_callback), and of the call
//    in it that blocks: watch.hpp;
//  - a Coro that is destroyed and was never awaited: never_awaited.hpp;
//  - tasks that still run when run() ends;
// and its reports tell where a task was made, and in which coroutine it waits. Switched off,
// it costs nothing.

#include <coroutine>
#include <cstdint>
#include <string>

#include <aio/coro.hpp>
#include <aio/debug/never_awaited.hpp>
#include <aio/debug/watch.hpp>
#include <aio/event_loop.hpp>

namespace aio::detail {

/// Warns, and sees to it that the callback that runs is not blamed for how long that takes.
inline void tell_of_dropped(std::coroutine_handle<> never_begun) noexcept {
  EventLoop* const loop = loop_of_this_thread;
  if (loop == nullptr || !loop->debug()) return warn_of_dropped(never_begun);
  auto& watch = loop->attachment<Watch>();
  const Clock::time_point began = loop->time();
  const std::uint64_t turn = watch.look_away();
  warn_of_dropped(never_begun);
  watch.look_again(turn);
  time_of_reports += loop->time() - began;
}

inline void debug_has_changed(EventLoop& loop) {
  if (!loop.debug() || loop.is_closed()) return;
  loop.attachment<Watch>();
  hear_of_dropped = tell_of_dropped;
  hear_of_made = note_made;
}

inline std::string tell_where_it_was(EventLoop& loop) {
  return loop.attachment<Watch>().tell_where();
}
/// Which coroutine it is, and where that begins. The line of its await is not there to be told: to
/// note it costs three to five per cent of the instructions of a wait, whether anybody asks or not.
inline std::string tell_coroutine(const EventLoop& loop, std::coroutine_handle<> coroutine) {
  if (!loop.debug()) return "";
  const CodePlace place(resumed_by(coroutine));
  return place.function().empty() || place.of_the_runtime() ? "" : " in " + place.text();
}
inline bool make_debug_mode_known() {
  tell_where_it_waits = tell_coroutine;
  loop_hooks.debug_changed = debug_has_changed;
  loop_hooks.tell_where = tell_where_it_was;
  return true;
}
/// From now on loops tell debug mode of what they do.
inline const bool debug_mode_is_known = make_debug_mode_known();

}  // namespace aio::detail
