#pragma once
// Lesson 13, server: requests in, responses out, on every connection.
//
// Stands on connections (13) and on the server of streams (12).
//  1. Requests of one connection are answered in the order in which they came, one at a time.
//  2. Whoever is slow, or sends nothing, meets a time limit; whoever sends too much, a limit.
//  3. What a handler throws is answered with 500, or ends the connection when the head is out: a
//     body never ends well that did not.
//  4. A server that is shut down takes no new request, and lets those finish that run.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/ref.hpp>
#include <aio/timeout.hpp>
#include <http/server/options.hpp>
#include <http/server/router.hpp>
#include <http/server/server_request.hpp>
#include <http/server/visit.hpp>

namespace http {

/// Answers requests until it is closed, or destroyed, which closes it. Move-only.
class Server {
 public:
  Server(aio::Server server, aio::Ref<detail::ServerCore> core)
      : server_(std::move(server)), core_(std::move(core)) {}

  std::uint16_t port() const { return server_.port(); }
  const aio::Address& address() const { return server_.address(); }
  std::size_t connections() const { return server_.connections(); }
  /// Stops listening now. Connections go on. Idempotent.
  void close() { server_.close(); }
  /// Stops listening, closes the connections that wait for a request, and waits for the requests
  /// that run, no longer than `grace`; then it cuts what is left. The handlers of those are
  /// cancelled, and it gives a line for each of them. A request that has come, but not been read,
  /// is served. Cancelled itself, it cuts at once.
  aio::Coro<std::vector<std::string>> shutdown(std::chrono::nanoseconds grace);
  aio::Coro<std::vector<std::string>> shutdown() { return shutdown(core_->options.grace); }
  /// Serves until it is cancelled; then it is shut down, with the grace of the options.
  aio::Coro<> serve_forever();

 private:
  aio::Server server_;
  aio::Ref<detail::ServerCore> core_;
};

/// Serves HTTP on TCP connections to `host` (empty: every interface) and `port` (0: one that is
/// free). Throws as aio::start_server() does. A handler that the compiler would spoil as a
/// temporary needs a name (see aio/support/named_callable.hpp).
template <std::convertible_to<Handler> Answers>
aio::Coro<Server> serve(Answers&& handler, std::string host, std::uint16_t port,
                        ServerOptions options = ServerOptions());
/// The same by the routes of a router.
aio::Coro<Server> serve(Router router, std::string host, std::uint16_t port,
                        ServerOptions options = ServerOptions());
/// Serves one connection that is there already, until it ends; of the options, those of TCP are
/// not used.
aio::Coro<> serve_stream(aio::Stream stream, Handler handler,
                         ServerOptions options = ServerOptions());

// Implementation

namespace detail {

inline aio::StreamHandler visits_of(aio::Ref<ServerCore> core) {
  return [core = std::move(core)](aio::Stream stream) {
    return Visit::serve(core, std::move(stream));
  };
}

inline aio::Coro<Server> start(aio::Ref<ServerCore> core, std::string host, std::uint16_t port) {
  aio::StreamHandler handler = visits_of(core);
  aio::Server server =
      co_await aio::start_server(std::move(handler), std::move(host), port, core->options.tcp);
  co_return Server(std::move(server), std::move(core));
}

}  // namespace detail

// ── the server ──

template <std::convertible_to<Handler> Answers>
aio::Coro<Server> serve(Answers&& handler, std::string host, std::uint16_t port,
                        ServerOptions options) {
  aio::detail::require_named<Answers>();
  return detail::start(
      aio::Ref(new detail::ServerCore(Handler(std::forward<Answers>(handler)), options)),
      std::move(host), port);
}

inline aio::Coro<Server> serve(Router router, std::string host, std::uint16_t port,
                               ServerOptions options) {
  Handler handler = std::move(router).handler();
  return detail::start(aio::Ref(new detail::ServerCore(std::move(handler), options)),
                       std::move(host), port);
}

inline aio::Coro<> serve_stream(aio::Stream stream, Handler handler, ServerOptions options) {
  return detail::Visit::serve(aio::Ref(new detail::ServerCore(std::move(handler), options)),
                              std::move(stream));
}

inline aio::Coro<std::vector<std::string>> Server::shutdown(std::chrono::nanoseconds grace) {
  server_.close_behind_all();
  core_->drain();
  bool cancelled = false;
  try {
    auto closed = [this] { return server_.wait_closed(); };
    co_await aio::timeout(aio::Delay(grace), closed);
  } catch (const aio::TimeoutError&) {
  } catch (const aio::CancelledError&) {
    cancelled = true;
  }
  std::vector<std::string> unfinished = core_->cut();
  server_.abort_clients();
  if (cancelled) throw aio::CancelledError();
  co_await server_.shutdown(core_->options.tcp.grace);  // what was cut has to unwind
  co_return unfinished;
}

inline aio::Coro<> Server::serve_forever() {
  server_.start_serving();
  bool cancelled = false;
  try {
    co_await aio::Future<>();
  } catch (const aio::CancelledError&) {
    cancelled = true;
  }
  if (cancelled) co_await shutdown();
  throw aio::CancelledError();
}

}  // namespace http
