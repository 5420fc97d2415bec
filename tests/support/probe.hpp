#pragma once
// For tests of what lives how long: an object that is counted wherever it is kept.
//
//   tests::Probe::Count count;
//   future.set_result(tests::Probe(count));
//   EXPECT_EQ(count.alive, 1);

#include <utility>

namespace tests {

/// Counts how often it was made and destroyed. Lives in frames, results and parameters; can only be
/// moved.
struct Probe {
  struct Count {
    int alive = 0, destroyed = 0;
  };
  explicit Probe(Count& c) : count(&c) { ++count->alive; }
  Probe(Probe&& other) noexcept : count(std::exchange(other.count, nullptr)) {}
  Probe& operator=(Probe&& other) noexcept {
    std::swap(count, other.count);
    return *this;
  }
  ~Probe() {
    if (count != nullptr) --count->alive, ++count->destroyed;
  }
  Count* count;
};

}  // namespace tests
