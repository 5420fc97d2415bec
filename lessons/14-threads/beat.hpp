#pragma once
// What the programs of this lesson share: a heartbeat that notices when the loop stands still, and
// work that takes a while.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <aio/coro.hpp>
#include <aio/sleep.hpp>

namespace lesson {

using Gaps = std::vector<std::chrono::nanoseconds>;

constexpr std::chrono::milliseconds interval{10};

// [beat]
/// Beats every 10 ms, and notes how long each beat took to come.
inline aio::Coro<> beat(Gaps& gaps) {
  auto last = std::chrono::steady_clock::now();
  while (true) {
    co_await aio::sleep(interval);
    const auto now = std::chrono::steady_clock::now();
    gaps.push_back(now - last);
    last = now;
  }
}
// [/beat]

/// Of a hundred beats, 99 took no longer: in intervals, 1.0 for a loop that is never held up.
inline double p99(Gaps gaps) {
  if (gaps.empty()) return 0;
  std::sort(gaps.begin(), gaps.end());
  const std::size_t at = std::min(gaps.size() - 1, gaps.size() * 99 / 100);
  return std::chrono::duration<double>(gaps[at]) / interval;
}

/// A password's fingerprint, made slow on purpose, as those of real servers are: whoever steals it
/// must not be able to try many.
inline std::uint64_t stretch(std::string_view password) {
  std::uint64_t hash = 14695981039346656037U;
  for (int round = 0; round < 3'000'000; ++round) {
    for (const char byte : password) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211U;
    }
  }
  return hash;
}

}  // namespace lesson
