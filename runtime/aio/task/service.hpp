#pragma once
// What works for a loop: given to lesson 07.

#include <string>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>

namespace aio {

/// What works for a loop, and has to come to an end before the loop is closed.
class Service : public Attachment {
 public:
  /// Takes nothing new, and waits for what it has begun.
  virtual Coro<> end() = 0;
  /// For reports.
  virtual std::string describe() const = 0;
};

}  // namespace aio
