#pragma once
// What a parked task waits on: given to lesson 07.

#include <string>

namespace aio::detail {

/// What a parked task waits on: the base of an awaiter, so it lives in the coroutine's frame.
class Waiter {
 public:
  /// Passes a request to cancel on. Returns false when the wait is over already.
  virtual bool cancel() = 0;
  /// For reports: what is waited for.
  virtual std::string what() const = 0;

 protected:
  ~Waiter() = default;
};

}  // namespace aio::detail
