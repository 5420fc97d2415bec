#pragma once
// A Coro that is destroyed and that nobody has awaited: a mistake, most of the time. Debug mode
// hears of it.

#include <atomic>
#include <coroutine>

namespace aio::detail {

using HearOfDropped = void (*)(std::coroutine_handle<> never_begun) noexcept;
inline constinit std::atomic<HearOfDropped> hear_of_dropped = nullptr;

[[gnu::cold, gnu::noinline]] inline void tell_dropped(
    std::coroutine_handle<> never_begun) noexcept {
  if (const HearOfDropped hear = hear_of_dropped.load(std::memory_order_relaxed)) {
    hear(never_begun);
  }
}

}  // namespace aio::detail
