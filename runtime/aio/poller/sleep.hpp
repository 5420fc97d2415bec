#pragma once
// The sleep in the kernel. epoll_pwait2() takes nanoseconds; kernels before 5.11 do not have it,
// and some sandboxes forbid it. There epoll_wait() does it: it takes milliseconds, and they are
// rounded up, so that no sleep is too short.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>

#include <sys/epoll.h>
#include <time.h>

namespace aio::detail {

/// Found out by the first call that fails.
inline constinit std::atomic<bool> has_epoll_pwait2 = true;

/// Null: for ever.
inline int sleep_by_milliseconds(int epoll, epoll_event* events, int room, const timespec* limit) {
  if (limit == nullptr) return ::epoll_wait(epoll, events, room, -1);
  std::int64_t left = std::min<std::int64_t>(limit->tv_sec, INT64_MAX / 2000) * 1000 +
                      (limit->tv_nsec + 999'999) / 1'000'000;
  for (;;) {  // 24 days at a time
    const int now = static_cast<int>(std::min<std::int64_t>(left, INT_MAX));
    const int count = ::epoll_wait(epoll, events, room, now);
    left -= now;
    if (count != 0 || left == 0) return count;
  }
}

/// Like epoll_pwait2() without a signal mask: the number of events, or -1 and errno.
inline int sleep_in_kernel(int epoll, epoll_event* events, int room, const timespec* limit) {
  if (has_epoll_pwait2.load(std::memory_order_relaxed)) {
    const int count = ::epoll_pwait2(epoll, events, room, limit, nullptr);
    if (count != -1 || (errno != ENOSYS && errno != EPERM)) return count;
    has_epoll_pwait2 = false;
  }
  return sleep_by_milliseconds(epoll, events, room, limit);
}

}  // namespace aio::detail
