#pragma once
// Lesson 12, address: where a socket listens or connects to.
//
// Stands on nothing but the system. An Address is IPv4, IPv6, or that of a Unix-domain socket: a
// path, or an abstract name, which begins with a NUL and is no file.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <aio/support/c_string.hpp>
#include <aio/support/syscall.hpp>

namespace aio {

namespace layers {
inline constexpr const char* address = __FILE__;  // which copy was compiled; the tests print it
}

/// An address of a socket, as the kernel wants it.
class Address {
 public:
  Address() = default;
  /// As the kernel gave it. REQUIRES: length <= sizeof(sockaddr_storage)
  Address(const sockaddr* raw, socklen_t length) : length_(length) {
    std::memcpy(&storage_, raw, length);
  }

  /// An IPv4 or IPv6 address in numbers, e.g. "fe80::1%eth0"; nothing when `host` is a name. Throws
  /// std::invalid_argument for a host with a NUL inside.
  static std::optional<Address> numeric(const std::string& host, std::uint16_t port);
  /// A path of 1 to 108 bytes, or an abstract name: a NUL, and at most 107 bytes of any kind.
  /// Throws std::invalid_argument for another length, and for a path with a NUL inside.
  static Address unix_path(std::string_view path);
  /// What a socket is bound to. Throws std::system_error.
  static Address of_socket(int fd);

  int family() const { return storage_.ss_family; }
  /// 0 for a Unix-domain socket.
  std::uint16_t port() const;
  void set_port(std::uint16_t port);
  /// The path or abstract name of a Unix-domain socket; empty for any other address.
  std::string unix_name() const;
  /// "127.0.0.1:80", "[::1]:80", "[fe80::1%eth0]:80", the path, or "@name" for an abstract name.
  std::string text() const;

  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t length() const { return length_; }
  friend bool operator==(const Address& one, const Address& other) {
    return one.length_ == other.length_ && std::memcmp(one.raw(), other.raw(), one.length_) == 0;
  }

 private:
  template <class Raw>
  static Address from(const Raw& raw) {
    return Address(reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
  }
  template <class Raw>
  Raw as() const {
    Raw raw{};
    std::memcpy(&raw, &storage_, sizeof raw);
    return raw;
  }

  sockaddr_storage storage_{};
  socklen_t length_ = 0;
};

// Implementation

namespace detail {

/// The number of an interface, by its name or in digits; 0 if there is none.
inline std::uint32_t scope_of(const std::string& zone) {
  std::uint32_t number = 0;
  const char* const end = zone.data() + zone.size();
  const auto [rest, error] = std::from_chars(zone.data(), end, number);
  return error == std::errc() && rest == end ? number : ::if_nametoindex(zone.c_str());
}

/// "%eth0", or nothing for an address that is the same on all interfaces.
inline std::string zone_text(std::uint32_t scope) {
  if (scope == 0) return "";
  char name[IF_NAMESIZE];
  if (::if_indextoname(scope, name) == nullptr) return "%" + std::to_string(scope);
  return std::string("%") + name;
}

}  // namespace detail

inline std::optional<Address> Address::numeric(const std::string& host, std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (::inet_pton(AF_INET, c_string(host, "the name of a host"), &v4.sin_addr) == 1) {
    return from(v4);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  const std::size_t zone = std::min(host.find('%'), host.size());
  if (::inet_pton(AF_INET6, host.substr(0, zone).c_str(), &v6.sin6_addr) != 1) return std::nullopt;
  if (zone < host.size()) v6.sin6_scope_id = detail::scope_of(host.substr(zone + 1));
  if (zone < host.size() && v6.sin6_scope_id == 0) return std::nullopt;
  return from(v6);
}

inline Address Address::unix_path(std::string_view path) {
  sockaddr_un raw{};
  raw.sun_family = AF_UNIX;
  if (path.empty() || path.size() > sizeof raw.sun_path) {
    throw std::invalid_argument("the path of a Unix-domain socket has 1 to " +
                                std::to_string(sizeof raw.sun_path) + " bytes");
  }
  const bool abstract = path.front() == '\0';
  if (!abstract) c_string(std::string(path), "the path of a Unix-domain socket");
  std::memcpy(raw.sun_path, path.data(), path.size());
  const std::size_t end = abstract ? path.size() : std::min(path.size() + 1, sizeof raw.sun_path);
  return Address(reinterpret_cast<const sockaddr*>(&raw),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + end));
}

inline Address Address::of_socket(int fd) {
  Address address;
  address.length_ = sizeof address.storage_;
  check_syscall("getsockname", ::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage_),
                                             &address.length_));
  return address;
}

inline std::uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(as<sockaddr_in>().sin_port);
  if (family() == AF_INET6) return ntohs(as<sockaddr_in6>().sin6_port);
  return 0;
}

inline void Address::set_port(std::uint16_t port) {
  if (family() == AF_INET) {
    auto raw = as<sockaddr_in>();
    raw.sin_port = htons(port);
    *this = from(raw);
  } else if (family() == AF_INET6) {
    auto raw = as<sockaddr_in6>();
    raw.sin6_port = htons(port);
    *this = from(raw);
  }
}

inline std::string Address::unix_name() const {
  constexpr std::size_t begin = offsetof(sockaddr_un, sun_path);
  if (family() != AF_UNIX || length_ <= begin) return "";
  const std::string name(reinterpret_cast<const char*>(&storage_) + begin, length_ - begin);
  return name.front() == '\0' ? name : name.substr(0, name.find('\0'));
}

inline std::string Address::text() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) {
    const auto raw = as<sockaddr_in>();
    ::inet_ntop(AF_INET, &raw.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(port());
  }
  if (family() == AF_INET6) {
    const auto raw = as<sockaddr_in6>();
    ::inet_ntop(AF_INET6, &raw.sin6_addr, text, sizeof text);
    const std::string zone = detail::zone_text(raw.sin6_scope_id);
    return "[" + std::string(text) + zone + "]:" + std::to_string(port());
  }
  if (family() != AF_UNIX) return "nowhere";
  std::string name = unix_name();
  std::replace(name.begin(), name.end(), '\0', '@');
  return name.empty() ? "a socket without a name" : name;
}

}  // namespace aio
