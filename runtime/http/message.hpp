#pragma once
// Lesson 13, message: a request and a response, as values.
//
// Stands on headers (13). How their bodies come and go is the connection's.

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <http/headers.hpp>
#include <http/message/reasons.hpp>

namespace http {

class Connection;
namespace detail {
class Visit;
}

/// Writes the body of a response piece by piece, see Response::stream. A copy writes the same body.
class BodyWriter {
 public:
  explicit BodyWriter(detail::Visit& visit) : visit_(&visit) {}
  /// Sends a piece, and waits until there is room for more. Throws aio::InvalidStateError when it
  /// is longer than the Content-Length, and std::system_error when the client is gone. Cancelled,
  /// it may have sent the piece.
  aio::Coro<> write(std::string piece);  // defined in <http/server.hpp>, like all that serves

 private:
  detail::Visit* visit_;
};

/// The other side broke the protocol, or asked for more than it gets. A server answers with
/// `status`; a client gets 502 for an answer that is none, 413 and 431 for one that is too large.
struct ProtocolError : std::runtime_error {
  ProtocolError(int answer, const std::string& why) : std::runtime_error(why), status(answer) {}
  int status;
};

/// The head of a request. Of the versions, 1.0 and 1.1 are spoken: `minor` tells which.
struct Request {
  Request() = default;
  explicit Request(std::string what, std::string where = "/")
      : method(std::move(what)), target(std::move(where)) {}

  std::string method = "GET";  // in capitals, as it is written
  std::string target = "/";    // as it stands in the request line
  Headers headers;
  int minor = 1;
};

/// The head of a response, and its body: all of it, or what makes it piece by piece. Move-only.
struct Response {
  Response() = default;
  explicit Response(int code) : status(code) {}
  /// Throws as Headers::add() does.
  Response(int code, std::string content, std::string_view type = "text/plain; charset=utf-8")
      : status(code), body(std::move(content)) {
    headers.add("Content-Type", type);
  }

  /// Of success, or of a redirection that leads somewhere.
  bool ok() const { return status < 400; }

  int status = 200;
  std::string reason;  // empty: the usual one
  Headers headers;
  int minor = 1;
  std::string body;
  /// What a server runs, once the head is out, to write the body in place of `body`: in chunks,
  /// unless the headers have a Content-Length. It is kept until it has ended. Not run where a
  /// response has no body, e.g. to HEAD.
  std::move_only_function<aio::Coro<>(BodyWriter)> stream;
  /// What a server runs after the head of a response 101 is out: the connection is its own then.
  std::move_only_function<aio::Coro<>(Connection*)> takeover;
};

/// Whether a response to that method has a body at all: RFC 9110, 6.4.1.
constexpr bool has_body(std::string_view method, int status) {
  if (method == "HEAD" || status < 200 || status == 204 || status == 304) return false;
  return method != "CONNECT" || status >= 300;
}

/// Whether a method may be sent again when nobody knows whether it arrived: RFC 9110, 9.2.2.
constexpr bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS" || method == "TRACE";
}

/// Whether the connection stays open after this message, as far as its sender says.
inline bool keeps_alive(const Headers& headers, int minor) {
  if (headers.has_token("Connection", "close")) return false;
  return minor >= 1 || headers.has_token("Connection", "keep-alive");
}

}  // namespace http
