#pragma once
// Writes that nobody will ever get.

#include <exception>
#include <system_error>

#include <aio/event_loop.hpp>

namespace aio::detail {

/// Counts the writes to a connection that is closed. The first ones are nobody's fault; who goes
/// on never looks at drain(), and is reported.
class DroppedWrites {
 public:
  /// `error`: what the connection ended with, if it was one.
  void note(EventLoop* loop, std::error_code error) {
    if (count_ < tolerated) {
      ++count_;
      return;
    }
    if (loop == nullptr) return;
    if (!error) error = std::make_error_code(std::errc::not_connected);
    loop->call_exception_handler({"bytes are written to a connection that is closed",
                                  std::make_exception_ptr(std::system_error(error)), "a stream"});
  }

 private:
  static constexpr unsigned char tolerated = 4;
  unsigned char count_ = 0;
};

}  // namespace aio::detail
