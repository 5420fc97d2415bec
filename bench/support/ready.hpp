#pragma once
// Futures of a descriptor on the running loop. All of it is in the header: it belongs to whichever
// runtime a benchmark is compiled with.

#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/task.hpp>

namespace bench {

/// Done when `fd` can be written: for a new socket, when the connection is made.
inline aio::Future<> writable(int fd) {
  aio::Future<> ready;
  aio::running_loop().add_writer(fd, [fd, ready] {
    aio::running_loop().remove_writer(fd);
    ready.set_result();
  });
  return ready;
}

/// Done when there is something to read, or the end.
inline aio::Future<> readable(int fd) {
  aio::Future<> ready;
  aio::running_loop().add_reader(fd, [fd, ready] {
    aio::running_loop().remove_reader(fd);
    ready.set_result();
  });
  return ready;
}

}  // namespace bench
