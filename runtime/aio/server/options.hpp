#pragma once
// How a server works.

#include <chrono>
#include <cstddef>
#include <limits>

#include <aio/stream.hpp>

namespace aio {

/// How a server works.
struct ServerOptions {
  ServerOptions() {}
  explicit ServerOptions(std::size_t most) : max_connections(most) {}
  std::size_t max_connections = std::numeric_limits<std::size_t>::max();
  int backlog = 100;          // how many the kernel keeps for later; passed on as it is
  bool start_serving = true;  // false: bound, but accepts nobody before start_serving()
  StreamOptions stream;       // of every connection
  /// How long a cancelled serve_forever() waits for its handlers to end and for their output to be
  /// sent, before it drops what is left.
  std::chrono::nanoseconds grace = std::chrono::seconds(5);
};

}  // namespace aio
