// epoll_pwait2() for Valgrind, which does not know it before 3.21: preloaded by instructions.py.

#include <algorithm>
#include <cstdint>

#include <sys/epoll.h>

extern "C" int epoll_pwait2(int epoll, epoll_event* events, int most, const timespec* timeout,
                            const sigset_t* signals) {
  if (timeout == nullptr) return epoll_pwait(epoll, events, most, -1, signals);
  const std::int64_t ms = timeout->tv_sec * 1000 + (timeout->tv_nsec + 999'999) / 1'000'000;
  const auto limited = static_cast<int>(std::min<std::int64_t>(ms, 1'000'000));
  return epoll_pwait(epoll, events, most, limited, signals);
}
