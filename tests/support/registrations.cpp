#include "support/registrations.hpp"

#include <cerrno>
#include <cstddef>

namespace tests {

constinit Registrations registrations;

void Registrations::note(int epoll, int what, int fd, const epoll_event* event) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= all_.size()) return;
  Registration& known = all_[index];
  known.epoll = what == EPOLL_CTL_DEL ? -1 : epoll;
  if (event == nullptr) return;
  known.events = event->events;
  known.data = event->data.u64;
}

void Registrations::report_again(int fd) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  if (index < all_.size() && all_[index].epoll != -1) report(all_[index].epoll, fd, all_[index]);
}

bool Registrations::report_all_again(int epoll) noexcept {
  if (left_-- <= 0) return false;
  for (std::size_t index = 0; index < all_.size(); ++index) {
    if (all_[index].epoll == epoll) report(epoll, static_cast<int>(index), all_[index]);
  }
  return true;
}

/// Epoll reports a descriptor again that it is told of again. One that was closed is no error.
void Registrations::report(int epoll, int fd, const Registration& known) noexcept {
  const int kept = errno;
  epoll_event event{};
  event.events = known.events;
  event.data.u64 = known.data;
  ::epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
  errno = kept;
}

}  // namespace tests
