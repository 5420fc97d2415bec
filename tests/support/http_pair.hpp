#pragma once
// Two streams that are connected, for tests of HTTP.

#include <optional>

#include <sys/socket.h>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>

namespace tests {

struct StreamPair {
  StreamPair() {
    int fds[2];
    aio::check_syscall("socketpair",
                       ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    near.emplace(aio::Stream::adopt(aio::UniqueFd(fds[0])));
    far.emplace(aio::Stream::adopt(aio::UniqueFd(fds[1])));
  }
  std::optional<aio::Stream> near, far;
};

}  // namespace tests
