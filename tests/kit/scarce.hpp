#pragma once
// Memory that runs out on demand. Linked into a program, it is the program's operator new.

#include <cstddef>

namespace tests {

/// While it lives, this thread gets so many more blocks, and then none.
class Scarce {
 public:
  explicit Scarce(std::size_t blocks);
  ~Scarce();
  Scarce(const Scarce&) = delete;
  Scarce& operator=(const Scarce&) = delete;

  /// How many this thread was refused since its last Scarce was made.
  static std::size_t refused();
};

}  // namespace tests
