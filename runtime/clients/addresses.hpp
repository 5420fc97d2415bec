#pragma once
// The addresses of a server, for a library that would block while it looks a name up.

#include <string>
#include <utility>
#include <vector>

#include <aio/address.hpp>
#include <aio/coro.hpp>
#include <aio/resolve.hpp>

namespace clients::detail {

/// In numbers, in the order in which to try them. Throws what resolve() throws.
inline aio::Coro<std::vector<std::string>> addresses_of(std::string host) {
  const std::vector<aio::Address> found = co_await aio::resolve(std::move(host), 1);
  std::vector<std::string> all;
  for (const aio::Address& each : found) {
    std::string address = each.text();  // "127.0.0.1:1", "[::1]:1"
    address.resize(address.rfind(':'));
    if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
    all.push_back(std::move(address));
  }
  co_return all;
}

}  // namespace clients::detail
