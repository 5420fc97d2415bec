#pragma once
// The separators that a read looks for, shared by all reads that look for the same.

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <aio/support/ref.hpp>

namespace aio::detail {

/// What a read may end with.
struct Separators : RefCounted {
  /// Throws std::invalid_argument when there is none, or an empty one.
  explicit Separators(std::vector<std::string> separators);

  const std::vector<std::string> all;
  std::size_t longest = 0;
};

inline Separators::Separators(std::vector<std::string> separators) : all(std::move(separators)) {
  for (const std::string& separator : all) longest = std::max(longest, separator.size());
  const bool has_empty =
      std::any_of(all.begin(), all.end(), [](const std::string& one) { return one.empty(); });
  if (all.empty() || has_empty) {
    throw std::invalid_argument("read_until: a separator must not be empty");
  }
}

}  // namespace aio::detail
