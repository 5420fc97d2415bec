#pragma once
// What a parked task waits on: given to lesson 07.

#include <cstdint>
#include <string>

namespace aio::detail {

/// What is waited for, for a record of who did what: an object, e.g. the timer or the queue in
/// which the task waits; a descriptor; the number of a task.
struct Awaited {
  const void* object = nullptr;
  int descriptor = -1;
  std::uint32_t task = 0;
};

/// What a parked task waits on: the base of an awaiter, so it lives in the coroutine's frame.
class Waiter {
 public:
  /// Passes a request to cancel on. Returns false when the wait is over already.
  virtual bool cancel() = 0;
  /// For reports: what is waited for.
  virtual std::string what() const = 0;
  virtual Awaited awaited() const { return {}; }

 protected:
  ~Waiter() = default;
};

}  // namespace aio::detail
