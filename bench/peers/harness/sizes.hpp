#pragma once
// What every peer does alike: how long messages are, how long timers last.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace peers {

inline constexpr std::size_t message_size = 64;

/// Items that go through a queue in one round.
inline constexpr long items_each_round = 1000;

/// Numbers that look random and are the same for every peer.
class Dice {
 public:
  /// From 0 up to, not including, `end`.
  std::int64_t below(std::int64_t end) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>(state_ >> 33) % end;
  }
  /// One of `all` sleeps of W5: on average one of them ends in each microsecond.
  std::chrono::microseconds nap(long all) { return std::chrono::microseconds(below(all)); }
  /// Timers that are cancelled long before: from one second to a hundred.
  std::chrono::milliseconds far() { return std::chrono::milliseconds(1000 + below(99'000)); }

 private:
  std::uint64_t state_ = 1;
};

/// Of so many timers, one is watched for its lateness: reading clocks is not what is measured.
inline constexpr long watched_timers = 64;

}  // namespace peers
