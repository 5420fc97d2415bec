#pragma once
// Who gets what a listening socket accepts.

#include <exception>

#include <aio/support/syscall.hpp>

namespace aio::detail {

/// What a listening socket and the handlers know of their server.
class Reception {
 public:
  /// Nobody is to be accepted now.
  virtual bool full() const = 0;
  /// Takes a connection over.
  virtual void welcome(UniqueFd socket) = 0;
  virtual void report(const char* message, std::exception_ptr exception) = 0;
  /// No handler runs.
  virtual void rest() noexcept = 0;

 protected:
  ~Reception() = default;
};

}  // namespace aio::detail
