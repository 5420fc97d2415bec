#pragma once
// What a read of a socket or pipe tells besides its bytes.

#include <cerrno>
#include <cstddef>
#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>

namespace aio::detail {

/// Decides what a read means that gives less than was asked, though nobody interrupts a read that
/// does not block:
///  - tcp: the socket is empty, but for a byte out of turn (MSG_OOB), which epoll reports.
///  - local (Unix-domain): empty too, unless something came with the bytes, descriptors or the
///  names
///    of writers; the kernel stops there, and recvmsg() tells.
///  - other, and a pipe: nothing is known. Only a read that would block, or the end, is the last.
enum class SocketKind : unsigned char { tcp, local, pipe, other };

inline int socket_option(int fd, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

inline SocketKind kind_of(int fd) {
  const int protocol = socket_option(fd, SO_PROTOCOL);
  if (protocol == IPPROTO_TCP) return SocketKind::tcp;
  if (protocol == -1 && errno == ENOTSOCK) return SocketKind::pipe;
  return socket_option(fd, SO_DOMAIN) == AF_UNIX ? SocketKind::local : SocketKind::other;
}

/// recv() for a Unix-domain socket; `more` becomes true if the kernel may have stopped early. What
/// came with the bytes is thrown away.
[[gnu::noinline]] inline ssize_t receive_locally(int fd, char* room, std::size_t size, bool& more) {
  iovec bytes{room, size};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  const ssize_t count = ::recvmsg(fd, &message, 0);
  if (count > 0 && (message.msg_flags & MSG_CTRUNC) != 0) more = true;
  return count;
}

/// Throws std::invalid_argument for what is no socket of a stream of bytes: records of a datagram
/// or SOCK_SEQPACKET socket would be cut, and a pipe or terminal knows no recv().
inline void check_stream_socket(int fd) {
  if (socket_option(fd, SO_TYPE) == SOCK_STREAM) return;
  throw std::invalid_argument("a stream needs a connected socket of type SOCK_STREAM");
}

/// The error that the kernel has for this socket, 0 if there is none. It is told once. A pipe has
/// one error: its reader has gone.
inline int socket_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0) return error;
  return errno == ENOTSOCK ? EPIPE : errno;
}

}  // namespace aio::detail
