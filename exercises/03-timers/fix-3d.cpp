// Exercise fix-3d. Check it with: ./learn check fix-3d
// fix-3d: a loop that does not spin before a deadline.

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "naps.hpp"

int milliseconds_to_sleep(std::optional<std::chrono::nanoseconds> left) {
  if (!left) return -1;
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(*left).count());
}
