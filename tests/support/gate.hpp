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

/// Opens a gate when it goes: nobody waits there for ever, however a test ends.
struct OpensAtEnd {
  explicit OpensAtEnd(Gate& shut) : gate(shut) {}
  OpensAtEnd(const OpensAtEnd&) = delete;
  OpensAtEnd& operator=(const OpensAtEnd&) = delete;
  ~OpensAtEnd() { gate.open(); }
  Gate& gate;
};

/// Lets the loop go on until a thread has come to a point.
inline aio::Coro<> until(const Gate& reached) {
  while (!reached.is_open()) co_await aio::sleep(std::chrono::seconds(0));
}

}  // namespace tests
