#pragma once
// Lesson 17, hand_over: sockets that the next process takes over, so that a server is replaced by a
// newer one without a connection refused.
//
// Stands on readiness (17) and servers (12). The sockets go through a Unix-domain socket, with
// SCM_RIGHTS: both processes have the same ones then, and the same queue of those who connect.
//  1. The old process serves until the new one has said that it does. One that dies before that
//     changes nothing.
//  2. Nobody binds or listens anew, so nobody is in a queue that is closed.
//  3. Whoever may use the path may take the sockets: keep it in a folder of your own.

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <aio/address.hpp>
#include <aio/coro.hpp>
#include <aio/readiness.hpp>
#include <aio/server.hpp>
#include <aio/support/syscall.hpp>

namespace aio {

namespace layers {
inline constexpr const char* hand_over = __FILE__;  // which copy was compiled; the tests print it
}

/// Sockets of the process before, which goes on serving until it is told.
class Inheritance {
 public:
  Inheritance(std::vector<UniqueFd> all, UniqueFd giver)
      : sockets(std::move(all)), giver_(std::move(giver)) {}
  std::vector<UniqueFd> sockets;  // in the order in which they were given; not inherited by exec

  /// We serve. The one before gives up its part now.
  void confirm() {
    const char yes = 'y';
    check_syscall("send", static_cast<int>(::send(giver_.get(), &yes, 1, MSG_NOSIGNAL)));
    giver_.reset();
  }

 private:
  UniqueFd giver_;
};

/// Asks the process that waits in hand_over() at `path` for its sockets; nothing, when there is
/// none, or it dies before it gives them. Blocks until it has answered, for five seconds at most:
/// call it before the loop runs. Throws std::system_error.
std::optional<Inheritance> take_over(const std::string& path);

/// Waits at `path` for the next process, gives it these sockets, and returns when it has confirmed
/// that it serves. Then close your servers, whose connections may go on to their ends. At most 64
/// sockets, which must stay open meanwhile; throws std::invalid_argument for more, and
/// std::system_error. Cancelled: nobody takes over.
Coro<> hand_over(std::string path, std::vector<int> sockets);

// Implementation

namespace detail {

inline constexpr std::size_t most_handed_over = 64;

/// A message of one byte, with room for descriptors.
struct PassedSockets {
  PassedSockets() {
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
  }
  PassedSockets(const PassedSockets&) = delete;
  PassedSockets& operator=(const PassedSockets&) = delete;

  char byte = 's';
  iovec bytes{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_handed_over * sizeof(int))> room{};
  msghdr message{};
};

inline void send_sockets(int to, const std::vector<int>& sockets) {
  PassedSockets passed;
  const std::size_t size = sockets.size() * sizeof(int);
  passed.message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* const head = CMSG_FIRSTHDR(&passed.message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(head), sockets.data(), size);
  check_syscall("sendmsg", static_cast<int>(::sendmsg(to, &passed.message, MSG_NOSIGNAL)));
}

/// Nothing when the other one has gone instead.
inline std::optional<std::vector<UniqueFd>> receive_sockets(int from) {
  PassedSockets passed;
  const ssize_t size = ::recvmsg(from, &passed.message, MSG_CMSG_CLOEXEC);
  if (size == 0 || (size == -1 && errno == ECONNRESET)) return std::nullopt;
  check_syscall("recvmsg", static_cast<int>(size));
  std::vector<UniqueFd> sockets;
  const cmsghdr* const head = CMSG_FIRSTHDR(&passed.message);
  if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return sockets;
  std::array<int, most_handed_over> numbers{};
  std::memcpy(numbers.data(), CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
  for (std::size_t i = 0; i < (head->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
    sockets.emplace_back(numbers[i]);
  }
  return sockets;
}

inline UniqueFd unix_socket(int flags) {
  return UniqueFd(
      check_syscall("socket", ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)));
}

/// Whoever comes to `path`. The path is free again when this returns, for that one may wait there
/// next.
inline Coro<UniqueFd> next_process(const Address address) {
  UniqueFd door = bound_socket(address);
  struct Removed : SocketFile {
    using SocketFile::SocketFile;
    ~Removed() { remove(); }
  } file(address);
  check_syscall("listen", ::listen(door.get(), 1));
  for (;;) {
    co_await readable(door.get());
    UniqueFd found(::accept4(door.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (found) co_return found;
  }
}

/// Gives them, and says whether the other has confirmed.
inline Coro<bool> give_to(const UniqueFd& process, const std::vector<int>& sockets) {
  try {
    send_sockets(process.get(), sockets);
  } catch (const std::system_error&) {  // it has gone
    co_return false;
  }
  co_await readable(process.get());
  char said = 0;
  co_return ::recv(process.get(), &said, 1, 0) == 1;
}

}  // namespace detail

inline Coro<> hand_over(std::string path, std::vector<int> sockets) {
  if (sockets.size() > detail::most_handed_over) throw std::invalid_argument("too many sockets");
  const Address address = Address::unix_path(path);
  bool confirmed = false;
  while (!confirmed) {
    const UniqueFd process = co_await detail::next_process(address);
    confirmed = co_await detail::give_to(process, sockets);
  }
}

inline std::optional<Inheritance> take_over(const std::string& path) {
  UniqueFd giver = detail::unix_socket(0);
  const timeval limit{5, 0};
  ::setsockopt(giver.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const Address address = Address::unix_path(path);
  if (::connect(giver.get(), address.raw(), address.length()) == -1) {
    if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
    check_syscall("connect", -1);
  }
  std::optional<std::vector<UniqueFd>> sockets = detail::receive_sockets(giver.get());
  if (!sockets) return std::nullopt;
  return Inheritance(std::move(*sockets), std::move(giver));
}

}  // namespace aio
