#pragma once
// Counts what `operator new` hands out on this thread, for tests that say "and allocates nothing".
//
//   tests::AllocationCount count;
//   loop.run_once();
//   EXPECT_EQ(count.made(), 0);

#include <cstddef>

namespace tests {

/// Allocations of this thread since the program started; 0 for ever under a sanitizer, which needs
/// its own operator new.
std::size_t allocations_so_far();

class AllocationCount {
 public:
  /// False under a sanitizer: skip checks that expect allocations.
  static bool works();
  std::size_t made() const { return allocations_so_far() - start_; }

 private:
  std::size_t start_ = allocations_so_far();
};

}  // namespace tests
