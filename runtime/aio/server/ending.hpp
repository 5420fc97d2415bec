#pragma once
// How a server ends: what it waits for, whom it tells, and what it lets go of.

#include <utility>

#include <aio/server.hpp>
#include <aio/server/grace.hpp>

namespace aio {

namespace detail {

/// The handler may own streams of this server, which own the server: what a closed one will never
/// call again goes.
inline void ServerState::rest() noexcept {
  const bool over = loop() == nullptr || loop()->is_closed() || handlers.idle();
  if (closed_ && over && handlers.none()) std::exchange(handler_, nullptr);
}

}  // namespace detail

inline Coro<> Server::wait_closed(Ref<detail::ServerState> state) {
  while (!state->all_gone()) co_await detail::Parked("a server to close", state->waiting);
}

inline Coro<> Server::serve_forever(Ref<detail::ServerState> state) {
  if (state->closed()) throw InvalidStateError("serve_forever: the server is closed");
  if (state->called_forever) throw InvalidStateError("serve_forever: it has been called before");
  state->start();
  state->called_forever = true;
  bool cancelled = false;
  try {
    co_await detail::Parked("a server that serves for ever", state->forever);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  state->close();
  if (cancelled) co_await dismiss(state);
  co_await wait_closed(state);
  throw CancelledError();
}

inline Coro<> Server::dismiss(Ref<detail::ServerState> state) {
  const detail::Grace grace(*state->loop(), state->grace(), [&server = *state] {
    server.abort_all();
    wake_all(server.handlers.waiting);
  });
  state->handlers.cancel();
  while (!state->handlers.none() && !grace.is_over()) {
    co_await detail::Parked("the handlers of a server", state->handlers.waiting);
  }
  state->for_each_connection([](detail::StreamState& stream) { stream.close(); });
  co_await wait_closed(state);
}

}  // namespace aio
