#pragma once
// A socket that has its address, and does not listen yet.

#include <string>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aio/address.hpp>
#include <aio/connect.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

/// Removes what a dead server left at `path`; any other file stays, and bind() will say so.
inline void remove_stale_socket(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) ::unlink(path.c_str());
}

/// A socket bound to `address`.
inline UniqueFd bound_socket(const Address& address) {
  UniqueFd socket = make_socket(address.family());
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  send_at_once(socket.get(), address.family());  // what it accepts inherits that
  if (address.family() == AF_UNIX) remove_stale_socket(address.text());
  const std::string call = "bind to " + address.text();
  check_syscall(call.c_str(), ::bind(socket.get(), address.raw(), address.length()));
  return socket;
}

}  // namespace aio::detail
