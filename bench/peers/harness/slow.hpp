#pragma once
// W10: what takes half a second, again and again.

#include <chrono>
#include <stdexcept>

#include "harness/peer.hpp"
#include "support/loopback_server.hpp"
#include "support/measure.hpp"

namespace peers {

inline constexpr std::chrono::milliseconds slow(500);

/// Seconds, memory and threads of `work`, in a process of its own.
template <class Body>
Done took(Body work) {
  const bench::Measurement m = bench::measure(work);
  if (!m.error.empty()) throw std::runtime_error(m.error);
  return {1,
          {{"seconds", m.wall_seconds},
           {"megabytes", static_cast<double>(m.rss_kb) / 1000},
           {"threads", static_cast<double>(m.threads)}}};
}

/// The same for requests to a server that answers each after half a second.
template <class Body>
Done request_slowly(Body requests) {
  const bench::LoopbackServer server({.delay = slow});
  return took([&] { requests(server.port()); });
}

}  // namespace peers
