#pragma once
// How an HTTP server works.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <aio/server.hpp>
#include <http/connection/limits.hpp>
#include <http/tls/context.hpp>

namespace http {

/// How an HTTP server works.
struct ServerOptions {
  ServerOptions() {}
  Limits limits;           // of every request
  aio::ServerOptions tcp;  // connections at once, backlog, buffers
  /// A server's context: everything goes under TLS (https). None: in clear.
  tls::Context tls;

  /// How long the handshake of TLS may take; then the connection is closed.
  std::chrono::nanoseconds handshake = std::chrono::seconds(10);
  /// How long a connection may wait for its next request; then it is closed.
  std::chrono::nanoseconds idle = std::chrono::seconds(60);
  /// From the first byte of a request to the end of its head, whatever comes in between: 408.
  std::chrono::nanoseconds head = std::chrono::seconds(10);
  /// For the body of a request, and a second more for every `min_rate` bytes of it: 408. Only the
  /// time counts in which a handler waits for it.
  std::chrono::nanoseconds body = std::chrono::seconds(20);
  std::uint64_t min_rate = 500;
  /// How long a client may take to make room for more of a response; then it is cut off.
  std::chrono::nanoseconds write = std::chrono::seconds(30);
  /// How much of a body that no handler wanted is read, to keep the connection.
  std::size_t discard = 64 * 1024;
  /// How long a connection is kept after its last response, for the client to get it.
  std::chrono::nanoseconds linger = std::chrono::seconds(2);
  /// How long the requests that run have when the server is shut down.
  std::chrono::nanoseconds grace = std::chrono::seconds(5);
  /// A handler whose client has gone is cancelled at its next await; what it answers all the same
  /// is sent. A client that closes only its own direction and waits for the answer, as HTTP allows,
  /// looks the same: it gets what handlers answer without waiting. (nginx, Node and hyper take it
  /// for one that has gone, too, unless told otherwise.) With `false` handlers run to their end,
  /// and such a client gets every answer.
  bool cancel_abandoned = true;
};

}  // namespace http
