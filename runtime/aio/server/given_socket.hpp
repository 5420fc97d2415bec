#pragma once
// A server on a socket that listens already: one of several for the same address, or one that
// another process has handed over.

#include <concepts>
#include <utility>

#include <fcntl.h>

#include <aio/server.hpp>

namespace aio {

namespace detail {

inline void ServerState::listen_on(UniqueFd socket) {
  const int flags = check_syscall("fcntl", ::fcntl(socket.get(), F_GETFL));
  check_syscall("fcntl", ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK));
  Address address = Address::of_socket(socket.get());
  listeners_.push_back(Ref(new Listener(*this, *loop(), std::move(socket), std::move(address))));
  if (options_.start_serving) start();
}

inline Coro<Server> serve_socket(StreamHandler handler, UniqueFd socket, ServerOptions options) {
  Ref state(new ServerState(running_loop(), std::move(handler), options));
  state->listen_on(std::move(socket));
  co_return Server(std::move(state));
}

}  // namespace detail

/// Serves the connections to a socket of TCP that is bound, and may listen already. Who has come
/// before is served, too. Throws std::system_error for what is no such socket.
template <std::convertible_to<StreamHandler> Handler>
Coro<Server> start_server(Handler&& handler, UniqueFd socket,
                          ServerOptions options = ServerOptions()) {
  detail::require_named<Handler>();
  return detail::serve_socket(std::forward<Handler>(handler), std::move(socket), options);
}

}  // namespace aio
