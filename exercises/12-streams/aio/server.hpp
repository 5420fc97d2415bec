#pragma once
// Your layer of lesson 12. Check it with: ./learn check 12
// Lesson 12, server: a task for every connection.
//
// Stands on streams and listeners (12).
//  1. Every connection gets a stream and a task that runs the handler; the server owns the handler
//     until the last of them is gone.
//  2. A handler that throws ends its own connection, is reported, and nobody else notices.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <aio/address.hpp>
#include <aio/connect.hpp>
#include <aio/listener.hpp>
#include <aio/resolve.hpp>
#include <aio/server/options.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* server = __FILE__;  // which copy was compiled; the tests print it
}

/// What a server does with a connection. The callable is kept until its coroutines have ended.
using StreamHandler = std::move_only_function<Coro<>(Stream)>;

namespace detail {

/// Shared by the server's handle, its connections, and the tasks that serve them.
class ServerState final : public StreamKeeper, public Reception {
 public:
  ServerState(EventLoop& owner, StreamHandler handler, const ServerOptions& options);
  ~ServerState() override { close(); }

  /// Binds to all of them, and starts if the options say so.
  void listen_at(std::vector<Address> addresses);
  void start();
  void close() noexcept;
  bool closed() const { return closed_; }
  bool serving() const { return serving_; }
  bool full() const override { return connections_ >= options_.max_connections; }
  bool all_gone() const { return closed_ && connections_ == 0; }
  std::size_t connections() const { return connections_; }
  std::size_t backlog() const { return static_cast<std::size_t>(options_.backlog); }
  const Address& address() const;
  std::uint16_t port() const { return address().port(); }
  void welcome(UniqueFd socket) override;
  void gone(StreamState& stream) noexcept override;
  template <class Act>
  void for_each_connection(Act act);
  EventLoop* loop() const { return anchor_->loop; }
  void report(const char* message, std::exception_ptr exception) override;

  std::vector<Future<>> waiting;    // for all_gone()
  std::optional<Future<>> forever;  // what serve_forever() waits for

 private:
  void serve(UniqueFd socket);
  static Coro<> handle(Ref<ServerState> server, Stream stream);
  void tell_waiting() noexcept;

  const ServerOptions options_;
  Ref<LoopAnchor> anchor_;
  StreamHandler handler_;
  std::vector<Ref<Listener>> listeners_;
  List<StreamState, ServedTag> streams_;
  std::size_t connections_ = 0;
  bool serving_ = false, closed_ = false;
};

}  // namespace detail

/// Accepts connections until it is closed, or destroyed, which closes it. Move-only.
class Server {
 public:
  explicit Server(Ref<detail::ServerState> state) : state_(std::move(state)) {}
  Server(Server&&) noexcept = default;
  Server& operator=(Server&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Server() {
    if (state_) state_->close();
  }

  /// Where it listens, and the port of that. Throws InvalidStateError once closed.
  const Address& address() const { return state_->address(); }
  std::uint16_t port() const { return state_->port(); }
  /// Starts to accept. Idempotent; throws InvalidStateError once closed.
  void start_serving() { state_->start(); }
  bool is_serving() const { return state_->serving(); }
  /// How many connections are open.
  std::size_t connections() const { return state_->connections(); }
  /// Stops listening now. Connections go on. Idempotent.
  void close() { state_->close(); }
  /// Closes the connections: after their output, or at once.
  void close_clients();
  void abort_clients();
  /// Waits until the server is closed and its connections are gone.
  Coro<> wait_closed() { return wait_closed(state_); }
  /// Serves until it is cancelled, or the server is closed; then closes it, waits as
  /// wait_closed() does, and throws CancelledError. Throws InvalidStateError when it is called
  /// twice or on a closed server.
  Coro<> serve_forever() { return serve_forever(state_); }

 private:
  static Coro<> wait_closed(Ref<detail::ServerState> state);
  static Coro<> serve_forever(Ref<detail::ServerState> state);

  Ref<detail::ServerState> state_;
};

/// Serves TCP connections to `host` (empty: every interface) and `port` (0: one that is free).
/// Throws std::system_error, which names the address.
Coro<Server> start_server(StreamHandler handler, std::string host, std::uint16_t port,
                          ServerOptions options = ServerOptions());
/// Serves connections to a Unix-domain socket. A socket file that is left over is replaced.
Coro<Server> start_unix_server(StreamHandler handler, std::string path,
                               ServerOptions options = ServerOptions());

// Implementation

namespace detail {

inline ServerState::ServerState(EventLoop& owner, StreamHandler handler,
                                const ServerOptions& options)
    : options_(options), anchor_(owner.anchor()), handler_(std::move(handler)) {
  if (!handler_) throw std::invalid_argument("a server needs a handler");
  options_.stream.check();
}

/// A port of 0 is chosen by the first address; the others get the same one.
inline void ServerState::listen_at(std::vector<Address> addresses) {
  for (Address& address : addresses) {
    if (address.port() == 0 && !listeners_.empty()) address.set_port(port());
    UniqueFd socket = bound_socket(address);
    const Address bound = Address::of_socket(socket.get());
    listeners_.push_back(Ref(new Listener(*this, *loop(), std::move(socket), bound)));
  }
  if (options_.start_serving) start();
}

inline void ServerState::start() {
  if (closed_) throw InvalidStateError("start_serving: the server is closed");
  for (const Ref<Listener>& listener : listeners_) listener->start(options_.backlog);
  serving_ = true;
}

inline const Address& ServerState::address() const {
  if (listeners_.empty()) throw InvalidStateError("this server is closed");
  return listeners_.front()->address();
}

/// A connection that cannot be served, e.g. because the kernel watches no more, is reported.
inline void ServerState::welcome(UniqueFd socket) {
  try {
    serve(std::move(socket));
  } catch (const FatalError&) {
    throw;
  } catch (const std::exception&) {
    report("a server cannot serve a connection", std::current_exception());
  }
}

//: 12.7 a stream and a task for the new connection
inline void ServerState::serve(UniqueFd socket) {
  AIO_TODO("12.7", "a stream and a task for the new connection");
}

//: 12.7 run the handler; whatever it throws ends its connection, and only that
inline Coro<> ServerState::handle(Ref<ServerState> server, Stream stream) {
  AIO_TODO("12.7", "run the handler; whatever it throws ends its connection, and only that");
}

inline void ServerState::report(const char* message, std::exception_ptr exception) {
  loop()->call_exception_handler({message, std::move(exception), "a server"});
}

inline void ServerState::gone(StreamState& stream) noexcept {
  stream.Link<ServedTag>::unlink();
  --connections_;
  if (loop() == nullptr || loop()->is_closed()) return;
  for (const Ref<Listener>& listener : listeners_) listener->resume();
  if (all_gone()) tell_waiting();
}

inline void ServerState::tell_waiting() noexcept {
  for (const Future<>& waiter : std::exchange(waiting, {})) {
    if (!waiter.done()) waiter.set_result();
  }
}

template <class Act>
void ServerState::for_each_connection(Act act) {
  std::vector<Ref<StreamState>> all;  // they leave the list while they are acted on
  streams_.for_each([&all](StreamState& stream) { all.emplace_back(&stream); });
  for (const Ref<StreamState>& stream : all) act(*stream);
}

inline void ServerState::close() noexcept {
  if (std::exchange(closed_, true)) return;
  serving_ = false;
  for (const Ref<Listener>& listener : listeners_) listener->close();
  listeners_.clear();
  if (loop() == nullptr || loop()->is_closed()) return;
  if (forever) forever->cancel();
  if (all_gone()) tell_waiting();
}

}  // namespace detail

inline void Server::close_clients() {
  state_->for_each_connection([](detail::StreamState& stream) { stream.close(); });
}

inline void Server::abort_clients() {
  state_->for_each_connection([](detail::StreamState& stream) { stream.abort(); });
}

inline Coro<> Server::wait_closed(Ref<detail::ServerState> state) {
  while (!state->all_gone()) {
    const Future<> gone;
    state->waiting.push_back(gone);
    co_await gone;
  }
}

inline Coro<> Server::serve_forever(Ref<detail::ServerState> state) {
  if (state->closed()) throw InvalidStateError("serve_forever: the server is closed");
  if (state->forever) throw InvalidStateError("serve_forever: it has been called before");
  state->start();
  const Future<> closing;
  state->forever = closing;
  std::exception_ptr end;
  try {
    co_await closing;
  } catch (const CancelledError&) {
    end = std::current_exception();
  }
  state->close();
  co_await wait_closed(state);
  std::rethrow_exception(end);
}

inline Coro<Server> start_server(StreamHandler handler, std::string host, std::uint16_t port,
                                 ServerOptions options) {
  std::vector<Address> addresses = co_await resolve(host, port);
  Ref state(new detail::ServerState(running_loop(), std::move(handler), options));
  state->listen_at(std::move(addresses));
  co_return Server(std::move(state));
}

inline Coro<Server> start_unix_server(StreamHandler handler, std::string path,
                                      ServerOptions options) {
  const Address address = Address::unix_path(path);
  Ref state(new detail::ServerState(running_loop(), std::move(handler), options));
  state->listen_at({address});
  co_return Server(std::move(state));
}

}  // namespace aio
