#pragma once
// Orders what threads do: one opens a gate, others wait for it. No test sleeps for that.

#include <atomic>
#include <chrono>

#include <aio/coro.hpp>
#include <aio/sleep.hpp>

namespace tests {

/// May be opened more than once, by any thread.
class Gate {
 public:
  void open() {
    open_ = true;
    open_.notify_all();
  }
  void wait() const { open_.wait(false); }
  bool is_open() const { return open_; }

 private:
  std::atomic<bool> open_ = false;
};

/// Lets the loop go on until a thread has come to a point.
inline aio::Coro<> until(const Gate& reached) {
  while (!reached.is_open()) co_await aio::sleep(std::chrono::seconds(0));
}

}  // namespace tests
