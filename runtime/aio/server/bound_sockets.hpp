#pragma once
// The sockets of a server that has several addresses.

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <aio/address.hpp>
#include <aio/connect.hpp>
#include <aio/server/bound_socket.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

struct BoundSocket {
  UniqueFd socket;
  Address address;
};

/// Whether a failure to bind to one of several addresses ends all: somebody else would serve half
/// of the clients, or this process can have no more sockets. Any other failure tells of an address
/// that this machine does not have, e.g. one of IPv6.
inline bool concerns_all(const std::system_error& failure) {
  const int all[] = {EADDRINUSE, EMFILE, ENFILE, ENOBUFS, ENOMEM};
  return std::find(std::begin(all), std::end(all), failure.code().value()) != std::end(all);
}

/// Each of them once: a name may be given the same address twice, in /etc/hosts for example.
inline std::vector<Address> different(const std::vector<Address>& addresses) {
  std::vector<Address> once;
  for (const Address& address : addresses) {
    if (std::find(once.begin(), once.end(), address) == once.end()) once.push_back(address);
  }
  return once;
}

/// A port of 0 is chosen by the first address; the others get the same one.
inline std::vector<BoundSocket> bind_each(const std::vector<Address>& addresses) {
  std::vector<BoundSocket> bound;
  std::vector<std::system_error> failures;
  for (Address address : different(addresses)) {
    if (address.port() == 0 && !bound.empty()) address.set_port(bound.front().address.port());
    try {
      UniqueFd socket = bound_socket(address);
      const Address chosen = Address::of_socket(socket.get());
      bound.push_back({std::move(socket), chosen});
    } catch (const std::system_error& failure) {
      if (concerns_all(failure)) throw;
      failures.push_back(failure);
    }
  }
  if (bound.empty()) throw_all("no address can be bound to", failures);
  return bound;
}

/// A socket for each address that this machine has. Throws std::system_error if it has none of
/// them, or if one is in use. A port of 0 that is free for the first address and taken for another
/// is given back, and the kernel asked for the next.
inline std::vector<BoundSocket> bind_all(const std::vector<Address>& addresses) {
  for (int tries = 8; true; --tries) {
    try {
      return bind_each(addresses);
    } catch (const std::system_error& failure) {
      const bool chosen = addresses.size() > 1 && addresses.front().port() == 0;
      if (!chosen || tries == 1 || failure.code() != std::errc::address_in_use) throw;
    }
  }
}

}  // namespace aio::detail
