#pragma once
// What a Visit does with one request: it runs the handler and sends what comes of it, whatever that
// is. The loop around it is in visit.hpp.

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <http/connection.hpp>
#include <http/message.hpp>
#include <http/server/date.hpp>
#include <http/server/server_request.hpp>
#include <http/server/visit.hpp>
#include <http/tls.hpp>

namespace http {

namespace detail {

/// To be called where something was thrown. A limit that has passed and a client that has gone end
/// a connection, and nothing else; everything that is not that is thrown on.
inline void Visit::take_end() {
  try {
    throw;
  } catch (const aio::CancelledError&) {
    if (timed_out()) return;
    connection_.channel().abort();
    throw;
  } catch (const std::system_error&) {         // the client is gone
  } catch (const aio::IncompleteReadError&) {  // the same, under TLS
  } catch (const tls::Error&) {
  }
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
    } else if (abandoned_) {
      abandon();
    } else {
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
  if (std::exchange(abandoned_, false)) task_.uncancel();
}

/// The end may have come together with the request.
inline void Visit::listen_for_end(bool listens) {
  auto& stream = connection_.channel().stream().state();
  stream.end_listener = listens ? this : nullptr;
  if (listens && stream.over()) ended();
}

/// The client has gone, or has nothing more to say: the kernel does not tell which. The handler is
/// asked to stop; what it answers all the same is sent.
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
