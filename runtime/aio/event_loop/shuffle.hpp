#pragma once
// Any order of what is ready is a legal schedule of independent work. A loop with a seed draws one
// for each iteration, and the same seed draws the same ones again.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include <aio/event_loop/ready.hpp>
#include <aio/support/list.hpp>

namespace aio::detail {

class Shuffle {
 public:
  /// Without a seed it is off.
  explicit Shuffle(std::optional<std::uint64_t> seed) {
    if (seed) engine_.emplace(static_cast<std::minstd_rand::result_type>(*seed));
  }
  explicit operator bool() const { return engine_.has_value(); }

  /// REQUIRES: it is on.
  void reorder(List<Ready>& ready) {
    std::vector<Ready*> batch;
    ready.for_each([&batch](Ready& each) { batch.push_back(&each); });  // may throw: all stay
    while (!ready.empty()) ready.pop_front();
    std::shuffle(batch.begin(), batch.end(), *engine_);
    for (Ready* each : batch) ready.push_back(*each);
  }

 private:
  std::optional<std::minstd_rand> engine_;
};

}  // namespace aio::detail
