#pragma once
// A Coro that is destroyed and that nobody has awaited: a mistake, most of the time. Debug mode
// hears of it, and to know where it came from, of each that is made.

#include <atomic>
#include <coroutine>

namespace aio::detail {

using HearOfDropped = void (*)(std::coroutine_handle<> never_begun) noexcept;
inline constinit std::atomic<HearOfDropped> hear_of_dropped = nullptr;

using HearOfMade = void (*)(const void* frame) noexcept;
inline constinit std::atomic<HearOfMade> hear_of_made = nullptr;

[[gnu::cold, gnu::noinline]] inline void tell_dropped(
    std::coroutine_handle<> never_begun) noexcept {
  if (const HearOfDropped hear = hear_of_dropped.load(std::memory_order_relaxed)) {
    hear(never_begun);
  }
}

[[gnu::cold, gnu::noinline]] inline void tell_made(const void* frame) noexcept {
  if (const HearOfMade hear = hear_of_made.load(std::memory_order_relaxed)) hear(frame);
}
/// `frame` is a coroutine's, which is being made.
[[gnu::always_inline]] inline void* made(void* frame) noexcept {
  if (hear_of_made.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
    tell_made(frame);
  return frame;
}

}  // namespace aio::detail
