#pragma once
// Ghosts: descriptors that were closed before they were forgotten, while a duplicate of them lives.
// The kernel goes on reporting them, and no call can end that, since their number is closed, or
// means another descriptor. A new epoll descriptor knows no ghosts.

#include <cerrno>
#include <cstddef>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include <aio/poller.hpp>

namespace aio {

/// Tells an epoll descriptor what the table says about `fd`. Returns what epoll_ctl() does.
inline int Poller::control(int epoll, int call, int fd, const Watch& watch) {
  epoll_event wanted{};
  wanted.events = detail::epoll_bits(watch.interest);
  wanted.data.u64 = detail::pack(fd, watch.generation);
  return ::epoll_ctl(epoll, call, fd, &wanted);
}

inline bool Poller::lost(int fd) const {
  const Watch known = find(fd);
  if (!known.active) return false;
  return control(epoll_fd_, EPOLL_CTL_MOD, fd, known) == -1;
}

inline PollEvent Poller::of_ghost() {
  ++ghosts_;
  lay_ghosts();
  return PollEvent{};
}

/// Watches the same on a new epoll descriptor. Where there is none to be had, the next event of the
/// ghost tries again.
inline void Poller::lay_ghosts() {
  UniqueFd fresh(::epoll_create1(EPOLL_CLOEXEC));
  for (int fd = 0; fresh && fd < static_cast<int>(watches_.size()); ++fd) {
    const Watch& watch = watches_[static_cast<std::size_t>(fd)];
    if (!watch.active) continue;
    const int result = control(fresh.get(), EPOLL_CTL_ADD, fd, watch);
    if (result == -1 && errno != EBADF) fresh.reset();
  }
  if (fresh) ::close(std::exchange(epoll_fd_, fresh.release()));
}

}  // namespace aio
