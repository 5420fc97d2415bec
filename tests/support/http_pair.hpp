#pragma once
// Two streams that are connected, for tests of HTTP.

#include <optional>
#include <utility>

#include <sys/socket.h>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>

namespace tests {

struct StreamPair {
  StreamPair() {
    int fds[2];
    aio::check_syscall("socketpair",
                       ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    aio::UniqueFd one(fds[0]), other(fds[1]);
    near.emplace(aio::Stream::adopt(std::move(one)));
    far.emplace(aio::Stream::adopt(std::move(other)));
  }
  std::optional<aio::Stream> near, far;
};

}  // namespace tests
