#pragma once
// How much a stream has moved since the others had their turn.

#include <algorithm>
#include <cstddef>

namespace aio::detail {

/// Counts the bytes that were moved without a wait.
class Stint {
 public:
  /// So much was moved at once that the others have their turn first.
  bool is_over() const { return moved_ >= enough; }
  /// Notes that so many bytes were moved. A small call costs as much as the bytes of a page.
  void moved(std::size_t count) { moved_ += std::max<std::size_t>(count, 4096); }
  /// The loop has had a turn, or is about to.
  void begin() { moved_ = 0; }

 private:
  static constexpr std::size_t enough = 256 * 1024;
  std::size_t moved_ = 0;
};

}  // namespace aio::detail
