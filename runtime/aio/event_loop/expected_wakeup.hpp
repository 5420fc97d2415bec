#pragma once
// What a loop knows of who is going to wake it. Silence alone is no deadlock: a thread that was
// given a job may be slow.

#include <cstddef>
#include <utility>

namespace aio {

namespace detail {
/// How many wake-ups a loop expects. The loop's own thread counts.
using WakeupCount = std::size_t;
}  // namespace detail

/// One of them, for as long as it lives. Move-only.
class [[nodiscard]] ExpectedWakeup {
 public:
  ExpectedWakeup() = default;
  explicit ExpectedWakeup(detail::WakeupCount& count) : count_(&++count) {}
  ExpectedWakeup(ExpectedWakeup&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  ExpectedWakeup& operator=(ExpectedWakeup&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }
  ~ExpectedWakeup() {
    if (count_ != nullptr) --*count_;
  }

 private:
  detail::WakeupCount* count_ = nullptr;  // the loop's, which must outlive this
};

}  // namespace aio
