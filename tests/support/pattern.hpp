#pragma once
// Bytes to send: many, and not all alike.

#include <cstddef>
#include <string>

namespace tests {

/// Bytes in which each lost, doubled or misplaced piece shows: those from `from` on.
inline std::string pattern(std::size_t size, std::size_t from = 0) {
  std::string bytes(size, ' ');
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>('a' + (from + i) * (from + i) % 23);
  }
  return bytes;
}

}  // namespace tests
