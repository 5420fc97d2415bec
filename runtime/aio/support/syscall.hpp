#pragma once
// The two helpers through which the runtime talks to the kernel: a failed call throws and names
// itself, and a descriptor is closed by whoever owns it.

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace aio {

/// Returns `result`, or throws std::system_error with errno and the call's name when it is -1.
inline int check_syscall(const char* call, int result) {
  if (result == -1) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

/// Owns a descriptor: closes it once, moves, never copies.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ != -1; }
  int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ != -1) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace aio
