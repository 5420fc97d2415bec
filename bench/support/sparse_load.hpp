#pragma once
// The clients of an echo server, of which one speaks at a time: each request comes from another
// connection, a pause after the answer to the one before. They are a process of their own.
//
//   bench::SparseLoad load({.connections = 1'000, .requests = 400});
//   …watch load.connections(), and load.echo(fd) where there is something to read,
//   …until load.over()
//   load.finish();
//
// The time that counts is that of the requests. Before them each connection has one on top, without
// pauses, so that all are watched by then: what it takes to watch them, and to let go of them in
// the end, is not in it.

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include <sys/types.h>
#include <aio/support/syscall.hpp>

namespace bench {

class SparseLoad {
 public:
  struct Options {
    int connections = 1;
    int requests = 400;  // of 64 bytes, altogether
    std::chrono::milliseconds pause{1};
  };

  /// Starts the clients, and accepts their connections. Throws if they do not come.
  explicit SparseLoad(Options options);
  ~SparseLoad();
  SparseLoad(const SparseLoad&) = delete;
  SparseLoad& operator=(const SparseLoad&) = delete;

  /// The server's ends. They do not block. Whoever wants to own one may move it away.
  std::span<aio::UniqueFd> connections() { return connections_; }

  /// Sends back what has come on a connection, if something has.
  void echo(int fd);
  /// So many bytes have been sent back. Throws if there are none: a client has left too early.
  void answered(std::size_t bytes);
  /// Has the last request been answered?
  bool over() const;

  /// Closes the connections and waits for the clients' end. Throws if one of them did not get its
  /// answer.
  void finish();

 private:
  Options options_;
  std::vector<aio::UniqueFd> connections_;
  std::size_t bytes_ = 0;  // that have been sent back
  pid_t child_ = -1;
};

}  // namespace bench
