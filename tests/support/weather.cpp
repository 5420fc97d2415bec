#include "support/weather.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tests {
namespace {

constinit thread_local Weather* weather = nullptr;

}  // namespace

Weather::Weather() { weather = this; }
Weather::~Weather() { weather = nullptr; }

std::size_t Weather::meet(std::deque<std::size_t>& cuts, std::size_t size) {
  if (interrupt_each != 0 && (receives + sends) % interrupt_each == 0) {
    errno = EINTR;
    return 0;
  }
  errno = EAGAIN;
  if (random_) return draw(size);
  if (cuts.empty()) return size;
  const std::size_t most = cuts.front();
  cuts.pop_front();
  return std::min(size, most);
}

std::size_t Weather::draw(std::size_t size) {
  const auto what = (*random_)() % 8;
  if (what == 0) errno = EINTR;
  if (what <= 1) return 0;
  return what <= 5 ? std::min<std::size_t>(size, 1 + (*random_)() % 4) : size;
}

}  // namespace tests

namespace {

using tests::weather;

/// What epoll was told of a descriptor.
struct Registration {
  int epoll = -1;
  epoll_event event{};
};
std::array<Registration, 1024> registrations;

int control(int epoll, int what, int fd, epoll_event* event) {
  return static_cast<int>(syscall(SYS_epoll_ctl, epoll, what, fd, event));
}

Registration* registration_of(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  return index < registrations.size() ? &registrations[index] : nullptr;
}

/// Epoll reports a descriptor again that it is told of again.
void report_again(int fd) {
  Registration* const known = registration_of(fd);
  if (known == nullptr || known->epoll == -1) return;
  const int error = errno;
  control(known->epoll, EPOLL_CTL_MOD, fd, &known->event);
  errno = error;
}

/// How much of `size` the weather lets through on `fd`; 0: errno says why not.
std::size_t let_through(int fd, std::deque<std::size_t>& cuts, std::size_t size) {
  const std::size_t most = size == 0 ? 0 : weather->meet(cuts, size);
  if (most < size && !(most == 0 && errno == EINTR)) report_again(fd);
  return most;
}

ssize_t wash_in(void* room, std::size_t size) {
  const std::size_t count = std::min(size, weather->flood);
  std::memset(room, 'x', count);
  weather->flood -= count;
  return static_cast<ssize_t>(count);
}

}  // namespace

// These stand before the C library's functions of the same names.
extern "C" {

ssize_t recv(int fd, void* room, std::size_t size, int flags) {
  if (weather != nullptr) {
    ++weather->receives;
    const std::size_t most = let_through(fd, weather->receive_cuts, size);
    if (most == 0 && size != 0) return -1;
    size = most;
    if (weather->flood > 0) return wash_in(room, size);
  }
  return syscall(SYS_recvfrom, fd, room, size, flags, nullptr, nullptr);
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
  iovec* const bytes = message->msg_iov;
  const std::size_t size = message->msg_iovlen == 1 ? bytes->iov_len : 0;
  if (weather != nullptr && size > 0) {
    ++weather->receives;
    const std::size_t most = let_through(fd, weather->receive_cuts, size);
    if (most == 0) return -1;
    if (weather->flood > 0) return wash_in(bytes->iov_base, most);
    bytes->iov_len = most;
  }
  return syscall(SYS_recvmsg, fd, message, flags);
}

ssize_t send(int fd, const void* bytes, std::size_t size, int flags) {
  if (weather != nullptr) {
    ++weather->sends;
    const std::size_t most = let_through(fd, weather->send_cuts, size);
    if (most == 0 && size != 0) return -1;
    size = most;
    if (weather->drain) return static_cast<ssize_t>(size);
  }
  return syscall(SYS_sendto, fd, bytes, size, flags, nullptr, 0);
}

int accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  if (weather != nullptr) {
    ++weather->accepts;
    if (!weather->accept_errors.empty()) {
      errno = weather->accept_errors.front();
      weather->accept_errors.pop_front();
      return -1;
    }
  }
  return static_cast<int>(syscall(SYS_accept4, fd, address, length, flags));
}

int bind(int fd, const sockaddr* address, socklen_t length) noexcept {
  if (weather != nullptr && !weather->bind_errors.empty()) {
    const int error = weather->bind_errors.front();
    weather->bind_errors.pop_front();
    if (error != 0) {
      errno = error;
      return -1;
    }
  }
  return static_cast<int>(syscall(SYS_bind, fd, address, length));
}

int epoll_ctl(int epoll, int what, int fd, epoll_event* event) noexcept {
  if (weather != nullptr) ++weather->registrations;
  const int result = control(epoll, what, fd, event);
  if (Registration* const known = registration_of(fd); known != nullptr && result == 0) {
    *known = what == EPOLL_CTL_DEL ? Registration{} : Registration{epoll, *event};
  }
  return result;
}
}
