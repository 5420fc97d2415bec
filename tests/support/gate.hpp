#pragma once
// Orders what threads do: one opens a gate, others wait for it. No test sleeps for that.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <vector>

#include <aio/coro.hpp>
#include <aio/sleep.hpp>

namespace tests {

/// May be opened more than once, by any thread.
class Gate {
 public:
  Gate() {
    const std::lock_guard lock(mutex);
    all.push_back(this);
    open_ = open_at_once.load();
  }
  ~Gate() {
    const std::lock_guard lock(mutex);
    std::erase(all, this);
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void open() {
    open_ = true;
    open_.notify_all();
  }
  void wait() const { open_.wait(false); }
  bool is_open() const { return open_; }

  /// Who was to open the others may be gone: all are open, and so are new ones, until
  /// `begin_anew()`.
  static void open_all() {
    const std::lock_guard lock(mutex);
    open_at_once = true;
    for (Gate* const each : all) each->open();
  }
  static void begin_anew() { open_at_once = false; }

 private:
  static inline std::mutex mutex;
  static inline std::vector<Gate*> all;
  static inline std::atomic<bool> open_at_once = false;

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
