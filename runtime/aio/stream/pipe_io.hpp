#pragma once
// Reading and writing a pipe as if it were a socket. A pipe has one direction, so each end knows
// one of the two; and send() has MSG_NOSIGNAL, where write() has nothing.

#include <cerrno>
#include <cstddef>
#include <string_view>

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace aio::detail {

/// While it lives, this thread gets no SIGPIPE: what would have been one is forgotten, and one that
/// the program's own writes have left pending stays. What other threads do is theirs.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe() {
    const int kept = errno;
    const timespec at_once{};
    if (raised && !was_pending_) ::sigtimedwait(&pipe_, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = kept;
  }

  bool raised = false;  // to be set by who has got EPIPE

 private:
  sigset_t pipe_{}, before_{};
  bool was_pending_ = false;
};

[[gnu::cold, gnu::noinline]] inline ssize_t write_pipe(int fd, std::string_view data) {
  NoSigpipe guard;
  const ssize_t count = ::write(fd, data.data(), data.size());
  guard.raised = count == -1 && errno == EPIPE;
  return count;
}

/// The end that writes has nothing to read: it is at its end.
[[gnu::cold, gnu::noinline]] inline ssize_t read_pipe(int fd, char* room, std::size_t size) {
  const ssize_t count = ::read(fd, room, size);
  return count == -1 && errno == EBADF ? 0 : count;
}

}  // namespace aio::detail
