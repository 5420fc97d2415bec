#pragma once
// A connection that a server serves: requests in, responses out, in order, within time limits.

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>
#include <http/connection.hpp>
#include <http/message.hpp>
#include <http/server/arrival.hpp>
#include <http/server/date.hpp>
#include <http/server/deadline.hpp>
#include <http/server/options.hpp>
#include <http/server/router.hpp>
#include <http/server/server_request.hpp>

namespace http {

namespace detail {

/// Shared by the server's handle and its connections.
struct ServerCore : aio::RefCounted {
  ServerCore(Handler answers, const ServerOptions& chosen)
      : handler(std::move(answers)), options(chosen) {}
  /// No connection takes another request; those that wait for one are closed.
  void drain();
  /// Those that are left are cancelled.
  void cut();

  Handler handler;
  const ServerOptions options;
  aio::List<Arrival> arrivals;
  aio::List<Visit> visits;
  bool draining = false;
};

/// A connection that is served. Its functions run in the connection's task.
class Visit : public aio::Link<>, private aio::detail::EndListener {
 public:
  Visit(ServerCore& core, Channel channel);
  ~Visit() { listen_for_end(false); }

  /// Serves a connection until one side closes it, under TLS if the options say so.
  static aio::Coro<> serve(aio::Ref<ServerCore> core, aio::Stream stream);
  /// The next piece of the body of the request that is handled.
  aio::Coro<std::string> read_body();
  /// A piece of the body of the response that is sent.
  aio::Coro<> send_body(std::string piece);
  /// See ServerCore::drain() and cut().
  void drain();
  void cut() { task_.cancel(); }

 private:
  enum class Ending : unsigned char { none, close, abort };

  static aio::Coro<> serve_channel(aio::Ref<ServerCore> core, Channel channel);
  static aio::Coro<> serve_secured(aio::Ref<ServerCore> core, aio::Stream stream);
  bool begin_waiting();
  void end_waiting(std::string bytes);
  bool has_request() const { return ending_ == Ending::none && connection_.has_input(); }
  void end();
  aio::Coro<> exchange();
  aio::Coro<bool> read_head(ServerRequest& request, std::optional<Response>& refusal);
  static bool expects_more_than_that(const Request& request);
  aio::Coro<Response> handle(ServerRequest& request);
  aio::Coro<> respond(const ServerRequest& request, Response response);
  aio::Coro<> send(const ServerRequest& request, Response& response);
  aio::Coro<> finish_request();
  aio::Coro<> make_room();
  aio::Coro<> leave();
  void write_head(const Response& response, bool with_body);
  Response refuse(int status, const char* why);
  Response report(std::exception_ptr exception);
  bool timed_out() { return deadline_.take_back(); }
  static void fail(std::exception_ptr& failure) { failure = std::current_exception(); }
  void abandon() { ending_ = Ending::abort; }
  void stop_handling();
  void listen_for_end(bool listens);
  void ended() override;

  static constexpr std::size_t most_lingering = 1024 * 1024;

  ServerCore& core_;
  Connection connection_;
  Deadline deadline_;
  aio::detail::TaskBase& task_ = aio::detail::TaskBase::current("a server's connection");
  std::chrono::nanoseconds body_time_{};  // that is left for the body of this request
  Ending ending_ = Ending::none;
  bool idle_ = false;       // waits for a request
  bool head_out_ = false;   // of the response to the current request
  bool abandoned_ = false;  // the client went while a handler ran
};

}  // namespace detail

// Implementation

namespace detail {

inline Visit::Visit(ServerCore& core, Channel channel)
    : core_(core), connection_(std::move(channel), core.options.limits) {
  core_.visits.push_back(*this);
}

inline void ServerCore::drain() {
  draining = true;
  arrivals.for_each([](Arrival& arrival) { arrival.stop(); });
  visits.for_each([](Visit& visit) { visit.drain(); });
}

inline void ServerCore::cut() {
  visits.for_each([](Visit& visit) { visit.cut(); });
}

inline void Visit::drain() {
  connection_.will_close();
  if (idle_) deadline_.pass();
}

inline aio::Coro<> Visit::serve(aio::Ref<ServerCore> core, aio::Stream stream) {
  if (core->options.tls) return serve_secured(std::move(core), std::move(stream));
  return serve_channel(std::move(core), Channel(std::move(stream)));
}

inline aio::Coro<> Visit::serve_secured(aio::Ref<ServerCore> core, aio::Stream stream) {
  if (core->draining) co_return;
  std::optional<tls::Stream> secured;
  {
    Arrival arrival(core->arrivals);
    const aio::Delay limit = core->options.handshake;
    secured = co_await arrival.shake_hands(std::move(stream), *core->options.tls, limit);
  }
  if (!secured) co_return;
  Channel channel(*std::move(secured));
  co_await serve_channel(std::move(core), std::move(channel));
}

/// One coroutine waits for the next request, so that an idle connection has little memory.
inline aio::Coro<> Visit::serve_channel(aio::Ref<ServerCore> core, Channel channel) {
  Visit visit(*core, std::move(channel));
  try {
    while (visit.begin_waiting()) {
      std::string bytes = co_await visit.connection_.channel().read();
      visit.end_waiting(std::move(bytes));
      while (visit.has_request()) co_await visit.exchange();
    }
    co_await visit.leave();
  } catch (const aio::CancelledError&) {
    if (!visit.timed_out()) {
      visit.connection_.channel().abort();
      throw;
    }
  } catch (const std::system_error&) {         // the client is gone
  } catch (const aio::IncompleteReadError&) {  // the same, under TLS
  } catch (const tls::Error&) {
  }
  visit.end();
}

/// Returns false when there is nothing to wait for.
inline bool Visit::begin_waiting() {
  if (ending_ != Ending::none || core_.draining) return false;
  connection_.rest();
  deadline_.in(core_.options.idle);
  idle_ = true;
  return true;
}

inline void Visit::end_waiting(std::string bytes) {
  idle_ = false;
  deadline_.clear();
  if (bytes.empty()) {
    ending_ = Ending::close;
  } else {
    connection_.put_input(std::move(bytes));
  }
}

/// Whoever has not taken a response by now is cut off.
inline void Visit::end() {
  Channel& channel = connection_.channel();
  const bool cuts = ending_ == Ending::abort || channel.unsent() > 0;
  cuts ? channel.abort() : channel.close();
}

/// One request and its response.
inline aio::Coro<> Visit::exchange() {
  ServerRequest request(*this);
  static_cast<Request&>(request) = connection_.take_spare_request();
  std::optional<Response> response;
  head_out_ = false;
  const bool has_head = co_await read_head(request, response);
  if (!has_head) co_return;
  if (!response) {
    response = co_await handle(request);
  } else {
    connection_.will_close();
  }
  if (ending_ == Ending::abort) co_return;
  co_await respond(request, std::move(*response));
  if (ending_ == Ending::none) co_await finish_request();
  connection_.give_spare_request(std::move(static_cast<Request&>(request)));
}

inline bool Visit::expects_more_than_that(const Request& request) {
  const std::optional<std::string_view> expected = request.headers.get("Expect");
  return expected && request.minor >= 1 && !same_name(*expected, "100-continue");
}

/// Returns false when there is nobody to answer.
inline aio::Coro<bool> Visit::read_head(ServerRequest& request, std::optional<Response>& refusal) {
  deadline_.in(core_.options.head);
  try {
    const bool has_come = co_await connection_.read_request(request);
    if (!has_come) ending_ = Ending::close;
    if (has_come && expects_more_than_that(request)) {
      refusal = refuse(417, "100-continue is all that can be expected here");
    }
  } catch (const ProtocolError& error) {
    refusal = refuse(error.status, error.what());
  } catch (const aio::IncompleteReadError&) {
    ending_ = Ending::close;
  } catch (const aio::CancelledError&) {
    if (!timed_out()) throw;
    refusal = refuse(408, "the request did not come in time");
  }
  deadline_.clear();
  body_time_ = core_.options.body;
  co_return ending_ != Ending::close;
}

/// Runs the handler. Whatever happens, there is a response, or the connection ends.
inline aio::Coro<Response> Visit::handle(ServerRequest& request) {
  std::exception_ptr failure;
  std::optional<Response> response;
  listen_for_end(core_.options.cancel_abandoned);
  try {
    response = co_await core_.handler(request);
  } catch (const ProtocolError& error) {
    response = refuse(error.status, error.what());
  } catch (const aio::IncompleteReadError&) {
    connection_.channel().at_eof() ? abandon() : fail(failure);
  } catch (const tls::Error&) {
    connection_.channel().is_closing() ? abandon() : fail(failure);
  } catch (const aio::CancelledError&) {
    if (timed_out()) {
      response = refuse(408, "the body did not come in time");
    } else if (!abandoned_) {
      throw;
    }
  } catch (const aio::FatalError&) {
    throw;
  } catch (...) {
    fail(failure);
  }
  stop_handling();
  if (failure && ending_ != Ending::abort) response = report(failure);
  co_return std::move(response).value_or(Response(500));
}

/// Takes back what was asked of the handler, which may not have noticed.
inline void Visit::stop_handling() {
  listen_for_end(false);
  timed_out();
  deadline_.clear();
  if (abandoned_) {
    task_.uncancel();
    ending_ = Ending::abort;
  }
}

inline void Visit::listen_for_end(bool listens) {
  connection_.channel().stream().state().end_listener = listens ? this : nullptr;
}

/// The client has gone, and the handler works for nobody.
inline void Visit::ended() {
  listen_for_end(false);
  abandoned_ = true;
  task_.cancel();
}

inline Response Visit::refuse(int status, const char* why) {
  if (!connection_.body_done() || status == 408) connection_.will_close();
  return Response(status, std::string(why) + "\n");
}

inline Response Visit::report(std::exception_ptr exception) {
  task_.home().call_exception_handler(
      {"the handler of a request failed", std::move(exception), "an HTTP server"});
  return Response(500, "Something went wrong here.\n");
}

/// Sends the response. If that fails halfway, the client must not take it for a whole one.
inline aio::Coro<> Visit::respond(const ServerRequest& request, Response response) {
  std::exception_ptr failure;
  try {
    co_await send(request, response);
  } catch (const aio::CancelledError&) {
    ending_ = Ending::abort;
    if (!timed_out()) throw;
  } catch (const aio::FatalError&) {
    throw;
  } catch (const std::system_error&) {
    ending_ = Ending::abort;
    if (!connection_.channel().is_closing()) failure = std::current_exception();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  Response apology = report(failure);
  if (head_out_) {
    ending_ = Ending::abort;
  } else {
    co_await send(request, apology);
  }
}

inline aio::Coro<> Visit::send(const ServerRequest& request, Response& response) {
  const bool with_body = has_body(request.method, response.status);
  write_head(response, with_body);
  head_out_ = true;
  if (with_body && response.stream) {
    co_await response.stream(BodyWriter(*this));
  } else if (with_body) {
    connection_.write(response.body);
  }
  connection_.finish();
  co_await make_room();
  if (response.takeover && response.status == 101) {
    co_await response.takeover(&connection_);
    ending_ = Ending::close;
  }
}

/// What cannot be sent as it is leaves nothing behind: the head is written last.
inline void Visit::write_head(const Response& response, bool with_body) {
  detail::Framing framing;
  if (!response.stream) framing.length = response.body.size();
  if (response.stream) framing.chunked = connection_.peer_minor() >= 1;
  if (core_.draining) connection_.will_close();
  const std::string_view date = response.headers.contains("Date") ? "" : date_header();
  connection_.write_head(response, with_body, framing, date);
}

/// Sends what is written: what stands before a request that takes long does not wait for it.
inline aio::Coro<> Visit::make_room() {
  deadline_.in(core_.options.write);
  co_await connection_.flush();
  deadline_.clear();
}

inline aio::Coro<> Visit::send_body(std::string piece) {
  connection_.write(piece);
  deadline_.in(core_.options.write);
  co_await connection_.flush();
  deadline_.clear();
}

/// Reads what no handler wanted, if it is not much; else the connection cannot be kept.
inline aio::Coro<> Visit::finish_request() {
  std::size_t discarded = 0;
  if (connection_.expects_continue()) connection_.will_close();
  try {
    while (connection_.keeps_open() && !connection_.body_done() &&
           discarded < core_.options.discard) {
      discarded += (co_await read_body()).size();
    }
  } catch (const ProtocolError&) {
    connection_.will_close();
  } catch (const aio::IncompleteReadError&) {
    connection_.will_close();
  }
  if (!connection_.reusable()) ending_ = Ending::close;
}

/// The time that is left for the body runs while somebody waits for it.
inline aio::Coro<std::string> Visit::read_body() {
  using std::chrono::nanoseconds;
  const auto start = task_.home().time();
  deadline_.in(body_time_);
  std::string piece = co_await connection_.read();
  deadline_.clear();
  body_time_ -= task_.home().time() - start;
  body_time_ += nanoseconds(std::chrono::seconds(1)) * piece.size() / core_.options.min_rate;
  co_return piece;
}

/// The client gets the last response although it still sends.
inline aio::Coro<> Visit::leave() {
  if (ending_ == Ending::abort) co_return;
  deadline_.in(core_.options.write);
  co_await connection_.flush();
  co_await connection_.channel().write_all("");
  deadline_.in(core_.options.linger);
  co_await connection_.linger(most_lingering);
}

}  // namespace detail

// ── what handlers use ──

inline aio::Coro<> BodyWriter::write(std::string piece) {
  return visit_->send_body(std::move(piece));
}

inline aio::Coro<std::string> ServerRequest::read() { return visit_.read_body(); }

inline aio::Coro<std::string> ServerRequest::read_all() {
  std::string body = co_await read();
  while (true) {
    const std::string piece = co_await read();
    if (piece.empty()) co_return body;
    body += piece;
  }
}

}  // namespace http
