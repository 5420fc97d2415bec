#pragma once
// Where a call is made: a loop that allocates a thousand times does so at one place. NN.inject can
// try each place once.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tests {

/// This call of `call`, by its name and by the twelve functions to which it returns; not by those
/// that lie above `outermost` on the stack, who have called the test. Never 0.
std::uint64_t place_here(const char* call, const void* outermost) noexcept;

/// The places that were found, and which of the ways to fail there were tried. Lies in memory that
/// several processes share; one at a time changes it.
class Places {
 public:
  /// The place belongs to `owner` from now on, unless it had another one before. Returns whether it
  /// does; false when the table is full.
  bool claim(std::uint64_t place, std::uint32_t owner) noexcept;
  /// Returns false when this was begun before. REQUIRES: somebody has claimed it.
  bool begin_to_try(std::uint64_t place, std::size_t way) noexcept;
  void forget() { all_.fill(Known{}); }

 private:
  struct Known {
    std::uint64_t place = 0;  // 0: none
    std::uint32_t owner = 0;
    std::uint32_t tried = 0;  // a bit for each way
  };
  /// Where the place is, or where there is room for it.
  Known& find(std::uint64_t place) noexcept;

  std::array<Known, 1 << 20> all_{};
};

}  // namespace tests
