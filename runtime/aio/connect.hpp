#pragma once
// Lesson 12, connect: from an address to a stream.
//
// Stands on streams and name resolution (12).
//  1. The addresses of a name are tried in turn, one of IPv6 and one of IPv4, each a quarter of a
//     second after the one before it or when that one has failed; the first that answers wins.
//  2. Whatever ends an attempt, an error, a timeout or cancellation, closes its socket.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <aio/address.hpp>
#include <aio/resolve.hpp>
#include <aio/staggered_race.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* connect = __FILE__;  // which copy was compiled; the tests print it
}

/// Connects by TCP to a name or an address in numbers. Throws std::system_error: the error of the
/// first attempt, with those of all in its message.
Coro<Stream> open_connection(std::string host, std::uint16_t port,
                             StreamOptions options = StreamOptions());
/// Connects to a Unix-domain socket.
Coro<Stream> open_unix_connection(std::string path, StreamOptions options = StreamOptions());
/// Connects to one address. A connection that was made, brought bytes and failed at once is a
/// stream, from which these can be read.
Coro<Stream> connect_to(Address address, StreamOptions options = StreamOptions());

// Implementation

namespace detail {

/// A new non-blocking stream socket.
inline UniqueFd make_socket(int family) {
  return UniqueFd(
      check_syscall("socket", ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
}

/// Small messages leave at once instead of waiting for company (TCP only).
inline void send_at_once(int fd, int family) {
  const int on = 1;
  if (family != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

[[noreturn]] inline void throw_connect_error(int error, const Address& address) {
  throw std::system_error(error, std::generic_category(), "connect to " + address.text());
}

/// Throws the only failure, or the first with the messages of all.
[[noreturn]] inline void throw_all(const std::string& what,
                                   const std::vector<std::system_error>& failures) {
  if (failures.size() == 1) throw failures.front();
  if (failures.empty()) {
    throw std::system_error(std::make_error_code(std::errc::address_not_available), what);
  }
  std::string all = what + " (";
  for (const std::system_error& failure : failures) all += std::string(failure.what()) + "; ";
  all.replace(all.size() - 2, 2, ")");
  throw std::system_error(failures.front().code(), all);
}

}  // namespace detail

inline Coro<Stream> connect_to(Address address, StreamOptions options) {
  UniqueFd socket = detail::make_socket(address.family());
  detail::send_at_once(socket.get(), address.family());
  int result = ::connect(socket.get(), address.raw(), address.length());
  // A Unix-domain socket whose queue is full says so, and tells nobody when there is room again.
  const bool may_be_full = address.family() == AF_UNIX;
  for (auto pause = std::chrono::milliseconds(1); may_be_full && result == -1 && errno == EAGAIN;) {
    co_await sleep(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(100));
    result = ::connect(socket.get(), address.raw(), address.length());
  }
  const int error = result == -1 ? errno : 0;
  const bool going_on = error == EINPROGRESS || error == EINTR;
  if (error != 0 && !going_on) detail::throw_connect_error(error, address);
  Stream stream(Ref(new detail::StreamState(running_loop(), std::move(socket), options)));
  if (going_on) {
    stream.state().set_connecting();
    co_await StreamWait(Ref(&stream.state()), detail::StreamEvent::connected);
    const int outcome = detail::socket_error(stream.fd());
    if (outcome != 0 && !stream.state().break_off(outcome)) {
      detail::throw_connect_error(outcome, address);
    }
  }
  co_return stream;
}

namespace detail {

/// One address of each family in turn, beginning with the first one's (RFC 8305, section 4).
inline std::vector<Address> in_turn(const std::vector<Address>& addresses) {
  std::vector<Address> first, other, turns;
  for (const Address& each : addresses) {
    (each.family() == addresses.front().family() ? first : other).push_back(each);
  }
  for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
    if (i < first.size()) turns.push_back(first[i]);
    if (i < other.size()) turns.push_back(other[i]);
  }
  return turns;
}

/// How long to wait for an answer before another address is tried as well (RFC 8305, section 5).
inline constexpr std::chrono::milliseconds attempt_delay(250);

/// Throws what no error of the system is, and returns the others.
inline std::vector<std::system_error> system_errors(const std::vector<std::exception_ptr>& errors) {
  std::vector<std::system_error> failures;
  for (const std::exception_ptr& error : errors) {
    try {
      std::rethrow_exception(error);
    } catch (const std::system_error& failure) {
      failures.push_back(failure);
    }
  }
  return failures;
}

}  // namespace detail

inline Coro<Stream> open_connection(std::string host, std::uint16_t port, StreamOptions options) {
  const std::vector<Address> addresses = detail::in_turn(co_await resolve(host, port));
  if (addresses.size() == 1) co_return co_await connect_to(addresses.front(), options);
  std::vector<Attempt<Stream>> attempts;
  for (const Address& address : addresses) {
    attempts.push_back([address, options] { return connect_to(address, options); });
  }
  Race<Stream> race = co_await staggered_race(std::move(attempts), detail::attempt_delay);
  if (race.value) co_return std::move(*race.value);
  detail::throw_all("none of the addresses of \"" + host + "\" can be connected to",
                    detail::system_errors(race.errors));
}

inline Coro<Stream> open_unix_connection(std::string path, StreamOptions options) {
  const Address address = Address::unix_path(path);
  co_return co_await connect_to(address, options);
}

}  // namespace aio
