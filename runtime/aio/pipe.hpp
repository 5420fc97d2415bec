#pragma once
// One end of a pipe as a stream, e.g. what a child process reads or writes.

#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include <aio/stream.hpp>

namespace aio {

namespace layers {
inline constexpr const char* pipe = __FILE__;  // which copy was compiled; the tests print it
}

/// Takes one end of a pipe (or FIFO) over, and makes it non-blocking. A pipe has one direction: the
/// end that writes is at its end for who reads, and to write to the other one is an error of the
/// stream (EBADF). write_eof() closes it. Throws std::invalid_argument for what is no pipe,
/// InvalidStateError when no loop runs.
inline Stream open_pipe(UniqueFd end, const StreamOptions& options = StreamOptions()) {
  struct stat about {};
  check_syscall("fstat", ::fstat(end.get(), &about));
  if (!S_ISFIFO(about.st_mode)) throw std::invalid_argument("open_pipe: this is no pipe");
  const int flags = check_syscall("fcntl", ::fcntl(end.get(), F_GETFL));
  check_syscall("fcntl", ::fcntl(end.get(), F_SETFL, flags | O_NONBLOCK));
  return Stream(Ref(new detail::StreamState(running_loop(), std::move(end), options)));
}

}  // namespace aio
