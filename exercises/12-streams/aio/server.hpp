#pragma once
// Your layer of lesson 12. Check it with: ./learn check 12
// Lesson 12, server: a task for every connection.
//
// Stands on streams and listeners (12).
//  - Every connection gets a stream and a task that runs the handler; the server owns the handler
//    until the last of them is gone.
//  - A handler that throws ends its own connection, is reported, and nobody else notices.

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <new>
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
#include <aio/server/bound_sockets.hpp>
#include <aio/server/grace.hpp>
#include <aio/server/handlers.hpp>
#include <aio/server/options.hpp>
#include <aio/stream.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* server = __FILE__;  // which copy was compiled; the tests print it
}

/// What a server does with a connection. The callable is kept until the server is closed and the
/// callable's coroutines have ended.
using StreamHandler = std::move_only_function<Coro<>(Stream)>;

namespace detail {

/// Shared by the server's handle, its connections, and the tasks that serve them.
class ServerState final : public StreamKeeper, public Reception {
 public:
  ServerState(EventLoop& owner, StreamHandler handler, const ServerOptions& options);
  ~ServerState() override { close(); }

  /// Binds to those that this machine has, and starts if the options say so.
  void listen_at(const std::vector<Address>& addresses);
  void listen_on(UniqueFd socket);
  void start();
  void accept_all();
  void close() noexcept;
  bool closed() const { return closed_; }
  bool serving() const { return serving_; }
  bool full() const override { return connections_ >= options_.max_connections; }
  bool all_gone() const { return closed_ && connections_ == 0; }
  /// Nobody is connected, and no handler is at work.
  bool finished() const { return all_gone() && handlers.none(); }
  std::chrono::nanoseconds grace() const { return options_.grace; }
  std::size_t connections() const { return connections_; }
  const Address& address() const;
  std::uint16_t port() const { return address().port(); }
  void welcome(UniqueFd socket) override;
  void gone(StreamState& stream) noexcept override;
  /// What `act` does may let connections go.
  template <class Act>
  void for_each_connection(Act act) noexcept;
  void abort_all() noexcept {
    for_each_connection([](StreamState& stream) { stream.abort(); });
  }
  EventLoop* loop() const { return anchor_->loop; }
  void report(const char* message, std::exception_ptr exception) override;
  void rest() noexcept override;

  Handlers handlers{*this};
  List<ParkedTask> waiting;  // for all_gone()
  List<ParkedTask> forever;  // in serve_forever()
  bool called_forever = false;

 private:
  void serve(UniqueFd socket);
  static Coro<> handle(Ref<ServerState> server, Stream stream);

  const ServerOptions options_;
  Ref<LoopAnchor> anchor_;
  StreamHandler handler_;
  std::vector<Ref<Listener>> listeners_;
  List<StreamState, ServedTag> streams_;
  std::size_t connections_ = 0;
  bool serving_ = false, closed_ = false;
};

}  // namespace detail

/// Accepts connections until it is closed, or destroyed, which closes it. Move-only. Throws
/// InvalidStateError when it was moved from, and, but for the members that are const, in another
/// thread than its loop's.
class Server {
 public:
  explicit Server(Ref<detail::ServerState> state) : state_(std::move(state)) {}
  Server(Server&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Server& operator=(Server&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Server() {
    if (state_) state_->close();
  }

  /// Where it listens, and the port of that. Throws InvalidStateError once closed.
  const Address& address() const { return ref()->address(); }
  std::uint16_t port() const { return ref()->port(); }
  /// Starts to accept. Idempotent; throws InvalidStateError once closed, and std::system_error when
  /// it cannot listen, e.g. because somebody else does: then it may be tried again.
  void start_serving() { here("start_serving")->start(); }
  bool is_serving() const { return ref()->serving(); }
  /// How many connections are open.
  std::size_t connections() const { return ref()->connections(); }
  /// Stops listening now. Connections go on. Idempotent.
  void close() { here("close")->close(); }
  /// Accepts those whom the kernel has connected by now, as far as there is room, and closes. They
  /// would be told otherwise that their connection was reset.
  void close_behind_all();
  /// Closes the connections: after their output, or at once.
  void close_clients();
  void abort_clients() { here("abort_clients")->abort_all(); }
  /// Waits until the server is closed and its connections are gone.
  Coro<> wait_closed() { return wait_closed(here("wait_closed")); }
  /// Serves until the server is closed; then waits as wait_closed() does, and throws
  /// CancelledError. Cancelled, it closes the server, cancels the handlers, closes the connections
  /// that they leave, and waits until all are gone: but no longer than the options say, and not
  /// when it is cancelled again; then it aborts them. Throws InvalidStateError when it is called
  /// twice or on a closed server.
  Coro<> serve_forever() { return serve_forever(here("serve_forever")); }
  /// Closes behind all who are connected, and waits until the connections are gone and their
  /// handlers have ended, but no longer than `grace`. Then it cancels the handlers that are left,
  /// aborts their connections, and waits for the handlers once more, as long as the options say.
  /// Gives a line for each that was cancelled. Cancelled itself, it cancels and aborts at once, and
  /// waits for nobody.
  Coro<std::vector<std::string>> shutdown(Delay grace) { return shutdown(here("shutdown"), grace); }
  /// The grace is that of the options.
  Coro<std::vector<std::string>> shutdown() { return shutdown(ref()->grace()); }

 private:
  const Ref<detail::ServerState>& ref() const;
  /// Throws InvalidStateError, naming `call`, when the server's loop runs in another thread.
  const Ref<detail::ServerState>& here(const char* call) const {
    if (const EventLoop* const home = ref()->loop()) home->check_thread(call);
    return state_;
  }
  static Coro<> wait_closed(Ref<detail::ServerState> state);
  static Coro<> serve_forever(Ref<detail::ServerState> state);
  static Coro<> dismiss(Ref<detail::ServerState> state);
  static Coro<std::vector<std::string>> shutdown(Ref<detail::ServerState> state, Delay grace);
  static Coro<> finish(Ref<detail::ServerState> state, Delay grace);
  static std::vector<std::string> cut(detail::ServerState& state);

  Ref<detail::ServerState> state_;
};

namespace detail {
Coro<Server> serve_tcp(StreamHandler handler, std::string host, std::uint16_t port,
                       ServerOptions options);
Coro<Server> serve_unix(StreamHandler handler, std::string path, ServerOptions options);
}  // namespace detail

/// Serves TCP connections to `host` (empty: every interface) and `port` (0: one that is free). Of
/// several addresses those are served that this machine has. Throws std::system_error, which names
/// the address, when it has none of them or one is in use. A handler that the compiler would spoil
/// as a temporary needs a name (see support/named_callable.hpp).
template <std::convertible_to<StreamHandler> Handler>
Coro<Server> start_server(Handler&& handler, std::string host, std::uint16_t port,
                          ServerOptions options = ServerOptions()) {
  detail::require_named<Handler>();
  return detail::serve_tcp(std::forward<Handler>(handler), std::move(host), port, options);
}
/// Serves connections to a Unix-domain socket: a path, or an abstract name, which begins with a
/// NUL. A socket file whose server is dead is replaced; a server that lives, or any other file, is
/// an error.
template <std::convertible_to<StreamHandler> Handler>
Coro<Server> start_unix_server(Handler&& handler, std::string path,
                               ServerOptions options = ServerOptions()) {
  detail::require_named<Handler>();
  return detail::serve_unix(std::forward<Handler>(handler), std::move(path), options);
}

// Implementation

namespace detail {

inline ServerState::ServerState(EventLoop& owner, StreamHandler handler,
                                const ServerOptions& options)
    : options_(options), anchor_(owner.anchor()), handler_(std::move(handler)) {
  if (!handler_) throw std::invalid_argument("a server needs a handler");
  options_.stream.check();
}

inline void ServerState::listen_at(const std::vector<Address>& addresses) {
  for (BoundSocket& bound : bind_all(addresses)) {
    listeners_.push_back(
        Ref(new Listener(*this, *loop(), std::move(bound.socket), std::move(bound.address))));
  }
  if (options_.start_serving) start();
}

inline void ServerState::start() {
  if (closed_) throw InvalidStateError("start_serving: the server is closed");
  try {
    for (const Ref<Listener>& listener : listeners_) listener->start(options_.backlog);
  } catch (...) {
    for (const Ref<Listener>& listener : listeners_) listener->stop();
    throw;
  }
  serving_ = true;
}

inline const Address& ServerState::address() const {
  if (listeners_.empty()) throw InvalidStateError("this server is closed");
  return listeners_.front()->address();
}

/// A connection that cannot be served, e.g. because the kernel watches no more, is reported.
inline void ServerState::welcome(UniqueFd socket) {
  handlers.expect();
  try {
    serve(std::move(socket));
  } catch (const FatalError&) {
    throw;
  } catch (const std::exception&) {
    handlers.give_up();
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
  try {
    loop()->call_exception_handler({message, std::move(exception), "a server"});
  } catch (const std::bad_alloc&) {  // not even enough to say so; who waits must not suffer
  }
}

inline void ServerState::gone(StreamState& stream) noexcept {
  stream.Link<ServedTag>::unlink();
  --connections_;
  rest();
  if (loop() == nullptr || loop()->is_closed()) return;
  for (const Ref<Listener>& listener : listeners_) listener->resume();
  if (all_gone()) wake_all(waiting);
}

template <class Act>
void ServerState::for_each_connection(Act act) noexcept {
  List<StreamState, ServedTag> all;
  all.splice(streams_);
  while (!all.empty()) {
    const Ref<StreamState> stream(&all.pop_front());
    streams_.push_back(*stream);
    act(*stream);
  }
}

inline void ServerState::accept_all() {
  for (const Ref<Listener>& listener : listeners_) listener->accept_all();
}

inline void ServerState::close() noexcept {
  if (std::exchange(closed_, true)) return;
  serving_ = false;
  for (const Ref<Listener>& listener : listeners_) listener->close();
  listeners_.clear();
  rest();
  if (loop() == nullptr || loop()->is_closed()) return;
  wake_all(forever);
  if (all_gone()) wake_all(waiting);
}

}  // namespace detail

inline const Ref<detail::ServerState>& Server::ref() const {
  if (!state_) throw InvalidStateError("this Server is empty: it was moved from");
  return state_;
}

inline void Server::close_behind_all() {
  const Ref<detail::ServerState>& state = here("close_behind_all");
  state->accept_all();
  state->close();
}

inline void Server::close_clients() {
  here("close_clients")->for_each_connection([](detail::StreamState& stream) { stream.close(); });
}

inline Coro<Server> detail::serve_tcp(StreamHandler handler, std::string host, std::uint16_t port,
                                      ServerOptions options) {
  std::vector<Address> addresses = co_await resolve(host, port);
  Ref state(new detail::ServerState(running_loop(), std::move(handler), options));
  state->listen_at(std::move(addresses));
  co_return Server(std::move(state));
}

inline Coro<Server> detail::serve_unix(StreamHandler handler, std::string path,
                                       ServerOptions options) {
  const Address address = Address::unix_path(path);
  Ref state(new detail::ServerState(running_loop(), std::move(handler), options));
  state->listen_at({address});
  co_return Server(std::move(state));
}

}  // namespace aio

#include <aio/server/ending.hpp>
#include <aio/server/given_socket.hpp>
