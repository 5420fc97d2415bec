#pragma once
// Lesson 16, ending: how a server ends. Given to lesson 12.
//
//  15. First nothing begins any more, then what runs is waited for, and last of all it is cut.
//  16. Each of these has a limit in time, since the other side may never go.
//  17. Whoever waits for the end may be cancelled: that means now.

#include <string>
#include <utility>
#include <vector>

#include <aio/server.hpp>
#include <aio/server/grace.hpp>

namespace aio {

namespace layers {
inline constexpr const char* ending = __FILE__;  // which copy was compiled; the tests print it
}

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

//: 16.5 stop what begins, wait for what runs, and set a limit to that
inline Coro<std::vector<std::string>> Server::shutdown(Ref<detail::ServerState> state,
                                                       Delay grace) {
  state->accept_all();
  state->close();
  try {
    co_await finish(state, grace);
  } catch (const CancelledError&) {
    cut(*state);
    throw;
  }
  std::vector<std::string> unfinished = cut(*state);
  co_await finish(state, state->grace());
  co_return unfinished;
}

//: 16.5 wait until all have gone and no handler is at work, or the time is over
inline Coro<> Server::finish(Ref<detail::ServerState> state, Delay grace) {
  const detail::Grace time(*state->loop(), grace, [&server = *state] {
    wake_all(server.waiting);
    wake_all(server.handlers.waiting);
  });
  while (!state->all_gone() && !time.is_over()) {
    co_await detail::Parked("the connections of a server", state->waiting);
  }
  while (!state->handlers.none() && !time.is_over()) {
    co_await detail::Parked("the handlers of a server", state->handlers.waiting);
  }
}

//: 16.5 cancel the handlers that are left, abort the connections, and tell who was cancelled
inline std::vector<std::string> Server::cut(detail::ServerState& state) {
  std::vector<std::string> unfinished = state.handlers.describe();
  state.handlers.cancel();
  state.abort_all();
  return unfinished;
}

}  // namespace aio
