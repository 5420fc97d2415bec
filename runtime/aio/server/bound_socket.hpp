#pragma once
// A socket that has its address, and does not listen yet.

#include <cerrno>
#include <string>
#include <system_error>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aio/address.hpp>
#include <aio/connect.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

/// Nobody listens there any more. A server that has its address, but does not listen yet, looks
/// the same.
inline bool is_dead(const Address& address) {
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return probe && ::connect(probe.get(), address.raw(), address.length()) == -1 &&
         errno == ECONNREFUSED;
}

/// Removes what a dead server left there, and says whether it did. Any other file stays.
inline bool remove_dead_socket(const Address& address) {
  const std::string path = address.unix_name();
  struct stat before {
  }, after{};
  if (path.empty() || ::stat(path.c_str(), &before) == -1 || !S_ISSOCK(before.st_mode))
    return false;
  if (!is_dead(address) || ::stat(path.c_str(), &after) == -1) return false;
  const bool same = before.st_ino == after.st_ino && before.st_dev == after.st_dev;
  return same && ::unlink(path.c_str()) == 0;
}

/// The error, 0 if there is none.
inline int bind_to(const Address& address, int socket) {
  return ::bind(socket, address.raw(), address.length()) == 0 ? 0 : errno;
}

/// A socket bound to `address`. Throws std::system_error, which names the address.
inline UniqueFd bound_socket(const Address& address) {
  UniqueFd socket = make_socket(address.family());
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  send_at_once(socket.get(), address.family());  // what it accepts inherits that
  int error = bind_to(address, socket.get());
  if (error == EADDRINUSE && remove_dead_socket(address)) error = bind_to(address, socket.get());
  if (error == 0) return socket;
  throw std::system_error(error, std::generic_category(), "bind to " + address.text());
}

}  // namespace aio::detail
