#pragma once
// The seed of this run, from the environment variable LOOPWRIGHT_SEED: loops made for tests shuffle
// each batch of ready callbacks by it, so that what must not depend on order is tried in many.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace tests {

/// Empty when the run has no seed: callbacks run first come, first served.
inline std::optional<std::uint64_t> seed() {
  const char* text = std::getenv("LOOPWRIGHT_SEED");
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::stoull(text);
}

}  // namespace tests
