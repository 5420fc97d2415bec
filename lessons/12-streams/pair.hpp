#pragma once
// Two ends of a connection inside one program, and what the programs of this lesson print.

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>

#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>

namespace wire {

/// Two sockets that are connected to each other.
inline std::pair<aio::Stream, aio::Stream> pair() {
  int fds[2];
  aio::check_syscall("socketpair",
                     ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
  aio::UniqueFd one(fds[0]), other(fds[1]);
  return {aio::Stream::adopt(std::move(one)), aio::Stream::adopt(std::move(other))};
}

/// In quotes, with \n where a line ends.
inline std::string quoted(std::string_view bytes) {
  std::string text = "\"";
  for (const char byte : bytes) {
    if (byte == '\n') {
      text += "\\n";
    } else {
      text += byte;
    }
  }
  return text + "\"";
}

}  // namespace wire
