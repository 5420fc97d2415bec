// fix-4b: an outbox that is quiet when it is empty.

#include <cerrno>
#include <cstddef>
#include <string_view>

#include <sys/socket.h>

#include <aio/event_loop.hpp>

#include "outbox.hpp"

Outbox::Outbox(aio::EventLoop& loop, int fd) : loop_(loop), fd_(fd) {
  //: fix-4b now
  //: fix-4b was
  // loop_.add_writer(fd_, [this] { send_some(); });
  //: fix-4b end
}

void Outbox::send(std::string_view bytes) {
  //: fix-4b now
  if (bytes_.empty()) loop_.add_writer(fd_, [this] { send_some(); });
  //: fix-4b was
  //: fix-4b end
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
  //: fix-4b now
  if (bytes_.empty()) loop_.remove_writer(fd_);
  //: fix-4b was
  //: fix-4b end
}
