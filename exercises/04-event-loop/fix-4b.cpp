// Exercise fix-4b. Check it with: ./learn check fix-4b
// fix-4b: an outbox that is quiet when it is empty.

#include <cerrno>
#include <cstddef>
#include <string_view>

#include <sys/socket.h>

#include <aio/event_loop.hpp>

#include "outbox.hpp"

Outbox::Outbox(aio::EventLoop& loop, int fd) : loop_(loop), fd_(fd) {
  loop_.add_writer(fd_, [this] { send_some(); });
}

void Outbox::send(std::string_view bytes) {
  bytes_ += bytes;
}

void Outbox::send_some() {
  const ssize_t sent = ::send(fd_, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
  if (sent == -1 && errno == EAGAIN) return;
  if (sent == -1) {
    bytes_.clear();  // the other end is gone: nobody will ever read them
  } else {
    bytes_.erase(0, static_cast<std::size_t>(sent));
  }
}
