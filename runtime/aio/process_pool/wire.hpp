#pragma once
// What a pool and its workers say to each other: a kind, a length, and so many bytes.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace aio::detail {

enum class Wire : char { job = 'j', result = 'r', failure = 'f' };

/// What stands before the bytes. Both ends are on one machine: as it lies in memory.
struct WireHead {
  static constexpr std::size_t size = 1 + sizeof(std::uint64_t);

  static std::string of(Wire kind, std::string_view bytes) {
    const std::uint64_t length = bytes.size();
    std::string head(size, static_cast<char>(kind));
    std::memcpy(head.data() + 1, &length, sizeof length);
    return head;
  }
  /// REQUIRES: `size` bytes.
  explicit WireHead(std::string_view head) : kind(static_cast<Wire>(head[0])) {
    std::memcpy(&length, head.data() + 1, sizeof length);
  }

  Wire kind;
  std::uint64_t length = 0;
};

/// The descriptor of a worker by which it gets jobs, and the variable that says so.
inline constexpr int worker_descriptor = 3;
inline constexpr const char* worker_variable = "LOOPWRIGHT_POOL_WORKER";

}  // namespace aio::detail
