#pragma once
// For tests with processes: a descriptor that has nothing to read until this process has ended. A
// program that reads from it ends with the tests at the latest, whatever a test that fails has
// left.

#include <fcntl.h>
#include <unistd.h>

#include <aio/support/syscall.hpp>

namespace tests {

inline int lifeline() {
  static const int reads = [] {
    int ends[2] = {};
    aio::check_syscall("pipe2", ::pipe2(ends, O_CLOEXEC));
    return ends[0];  // nobody closes the other one
  }();
  return reads;
}

}  // namespace tests
