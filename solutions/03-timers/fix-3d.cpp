// fix-3d: a loop that does not spin before a deadline.

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "naps.hpp"

int milliseconds_to_sleep(std::optional<std::chrono::nanoseconds> left) {
  if (!left) return -1;
  //: fix-3d now
  using Milliseconds = std::chrono::duration<long long, std::milli>;
  const long long whole = std::chrono::ceil<Milliseconds>(*left).count();
  return static_cast<int>(std::clamp(whole, 0LL, 0LL + std::numeric_limits<int>::max()));
  //: fix-3d was
  // return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(*left).count());
  //: fix-3d end
}
