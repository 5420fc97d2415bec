#pragma once
// What programs put beside a loop that can be woken from another thread but carries nothing: a
// locked list of callbacks, one wake-up for as many as have come.

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace peers {

class Mailbox {
 public:
  using Callback = std::move_only_function<void()>;

  /// Returns whether the loop must be woken: it has taken everything that came before.
  bool put(Callback callback) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(callback));
    return all_.size() == 1;
  }
  /// On the loop's thread: runs what has come.
  void run() {
    std::vector<Callback> taken;
    {
      const std::lock_guard lock(mutex_);
      taken.swap(all_);
    }
    for (Callback& callback : taken) callback();
  }

 private:
  std::mutex mutex_;
  std::vector<Callback> all_;
};

}  // namespace peers
