#pragma once
// How much one side takes from the other.

#include <cstddef>
#include <cstdint>

namespace http {

/// How much one side takes from the other before it refuses, in bytes. What a request is answered
/// with stands beside it.
struct Limits {
  Limits() {}
  std::size_t target = 8 * 1024;           // of a request line: 414
  std::size_t head = 64 * 1024;            // start line and headers, and trailers: 431
  std::size_t fields = 100;                // how many: 431
  std::uint64_t body = 1024 * 1024;        // as it is once chunks are put together: 413
  std::size_t chunk_overhead = 16 * 1024;  // chunk extensions, beside a few bytes a chunk: 400
};

}  // namespace http
