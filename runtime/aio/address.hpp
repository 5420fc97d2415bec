#pragma once
// Lesson 12, address: where a socket listens or connects to.
//
// Stands on nothing but the system. An Address is IPv4, IPv6 or the path of a Unix-domain socket.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

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

  /// An IPv4 or IPv6 address in numbers; nothing when `host` is a name.
  static std::optional<Address> numeric(const std::string& host, std::uint16_t port);
  /// Throws std::invalid_argument for a path that is empty or does not fit (107 characters).
  static Address unix_path(std::string_view path);
  /// What a socket is bound to. Throws std::system_error.
  static Address of_socket(int fd);

  int family() const { return storage_.ss_family; }
  /// 0 for a Unix-domain socket.
  std::uint16_t port() const;
  void set_port(std::uint16_t port);
  /// "127.0.0.1:80", "[::1]:80", or the path.
  std::string text() const;

  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t length() const { return length_; }

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

inline std::optional<Address> Address::numeric(const std::string& host, std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) return from(v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) return from(v6);
  return std::nullopt;
}

inline Address Address::unix_path(std::string_view path) {
  sockaddr_un raw{};
  raw.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof raw.sun_path) {
    throw std::invalid_argument("the path of a Unix-domain socket has 1 to " +
                                std::to_string(sizeof raw.sun_path - 1) + " characters");
  }
  std::memcpy(raw.sun_path, path.data(), path.size());
  return from(raw);
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
    return "[" + std::string(text) + "]:" + std::to_string(port());
  }
  return family() == AF_UNIX ? std::string(as<sockaddr_un>().sun_path) : "nowhere";
}

}  // namespace aio
