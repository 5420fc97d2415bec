#pragma once
// The body that a side sends: where it ends, and that it does end there.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <aio/support/errors.hpp>
#include <http/connection/checks.hpp>
#include <http/headers.hpp>
#include <http/message.hpp>
#include <http/url/splitting.hpp>

namespace http {

namespace layers {
inline constexpr const char* outgoing = __FILE__;  // which copy was compiled; tests print it
}

namespace detail {

/// How an outgoing body is framed, and how much of it is left.
class Outgoing {
 public:
  enum class Kind : unsigned char { nothing, length, chunks, until_close };

  /// A body without a length and without chunks ends with the connection.
  void begin(const Framing& framing, bool with_body);
  /// Appends a piece as it goes over the wire. Throws aio::InvalidStateError when there is no room
  /// for it in the body.
  void append(std::string& out, std::string_view piece);
  /// Appends what ends the body. Throws aio::InvalidStateError when it is too short.
  void finish(std::string& out);
  bool finished() const { return finished_; }
  Kind kind() const { return kind_; }

 private:
  Kind kind_ = Kind::nothing;
  std::uint64_t left_ = 0;
  bool finished_ = true;
};

inline void append_number(std::string& out, std::uint64_t number, int base = 10) {
  char digits[20];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number, base);
  out.append(digits, end);
}

/// What the headers of an outgoing message say of its body. Throws std::invalid_argument when they
/// contradict each other.
inline Framing own_framing(const Headers& headers) {
  try {
    return framing_of(headers, 1, 500);
  } catch (const ProtocolError& error) {
    throw std::invalid_argument(error.what());
  }
}

/// The header that says how a body is framed. For 1xx and 204 none may be sent, and for 304 it
/// would be that of a page which is not at hand: RFC 9110, 8.6.
//: 13.2 say how long the body is, unless it has none by definition
inline void append_framing(std::string& out, int status, const Framing& framing) {
  if (status < 200 || status == 204 || status == 304) return;
  if (framing.chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (!framing.length) return;
  out.append("Content-Length: ");
  append_number(out, *framing.length);
  out.append("\r\n");
}

inline void check_request_line(const Request& request) {
  if (!is_token(request.method)) throw std::invalid_argument("the method of a request is a token");
  if (request.target.empty() || unusable_target(request.target) != nullptr) {
    throw std::invalid_argument("the target of a request must be encoded, and has no fragment");
  }
}

/// Of HTTP/1.1, whatever `minor` says. Throws std::invalid_argument for a status that has not three
/// digits, and for a reason with a line break or another control character. Empty: reason_of().
//: 13.2 write the status line; nobody may end it early
inline void append_status_line(std::string& out, const Response& response) {
  if (response.status < 100 || response.status > 999) {
    throw std::invalid_argument("the status of a response has three digits");
  }
  const std::string_view reason =
      response.reason.empty() ? reason_of(response.status) : std::string_view(response.reason);
  if (has_controls(reason)) throw std::invalid_argument("there is a line break in a reason");
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<unsigned>(response.status));
  out.append(" ").append(reason).append("\r\n");
}

//: 13.2 choose how this body ends
inline void Outgoing::begin(const Framing& framing, bool with_body) {
  kind_ = Kind::nothing;
  left_ = framing.length.value_or(0);
  if (with_body) {
    kind_ = framing.chunked ? Kind::chunks : framing.length ? Kind::length : Kind::until_close;
  }
  finished_ = kind_ == Kind::nothing || (kind_ == Kind::length && left_ == 0);
}

//: 13.2 append a piece, as this body is framed
inline void Outgoing::append(std::string& out, std::string_view piece) {
  if (piece.empty()) return;  // an empty chunk would end the body
  if (finished_) throw aio::InvalidStateError("write: this message has no body, or its end is out");
  if (kind_ == Kind::length) {
    if (piece.size() > left_) {
      throw aio::InvalidStateError("write: the body is longer than its Content-Length");
    }
    left_ -= piece.size();
  }
  if (kind_ == Kind::chunks) {
    append_number(out, piece.size(), 16);
    out.append("\r\n");
  }
  out.append(piece);
  if (kind_ == Kind::chunks) out.append("\r\n");
}

//: 13.2 append what ends the body, if it is whole
inline void Outgoing::finish(std::string& out) {
  if (finished_) return;
  if (kind_ == Kind::length && left_ > 0) {
    throw aio::InvalidStateError("finish: the body is shorter than its Content-Length");
  }
  if (kind_ == Kind::chunks) out.append("0\r\n\r\n");
  finished_ = true;
}

}  // namespace detail

}  // namespace http
