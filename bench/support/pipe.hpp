#pragma once
// A pipe, both ends in one hand.

#include <fcntl.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

namespace bench {

struct Pipe {
  Pipe() {
    int ends[2];
    aio::check_syscall("pipe2", ::pipe2(ends, O_CLOEXEC));
    reading = aio::UniqueFd(ends[0]);
    writing = aio::UniqueFd(ends[1]);
  }
  aio::UniqueFd reading, writing;
};

}  // namespace bench
