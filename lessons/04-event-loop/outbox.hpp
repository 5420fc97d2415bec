#pragma once
// Exercise fix-4b: bytes on their way out.

#include <cstddef>
#include <string>
#include <string_view>

#include <aio/event_loop.hpp>

/// Sends bytes through a socket that does not block, whenever it takes some; keeps the rest
/// meanwhile. The loop and the socket must outlive it.
class Outbox {
 public:
  Outbox(aio::EventLoop& loop, int fd);
  ~Outbox() { loop_.remove_writer(fd_); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Takes `bytes` and returns at once; the loop sends them.
  void send(std::string_view bytes);

  /// How many bytes have not been sent yet.
  std::size_t waiting() const { return bytes_.size(); }

 private:
  /// Called by the loop when the socket takes something.
  void send_some();

  aio::EventLoop& loop_;
  int fd_;
  std::string bytes_{};  // not sent yet
};
