#pragma once
// How a stream buffers.

#include <cstddef>
#include <stdexcept>

namespace aio {

/// How a stream buffers. `limit` is how long a line (or what comes before another separator) may
/// be; drain() waits above `high` bytes of output until no more than `low` are left.
struct StreamOptions {
  StreamOptions() {}
  explicit StreamOptions(std::size_t longest) : limit(longest) {}
  std::size_t limit = 64 * 1024;
  std::size_t high = 64 * 1024;
  std::size_t low = 16 * 1024;

  /// Throws std::invalid_argument for marks that contradict each other.
  void check() const {
    if (low > high) throw std::invalid_argument("StreamOptions: low is above high");
  }
};

}  // namespace aio
