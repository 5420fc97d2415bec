#pragma once
// Your layer of lesson 13. Check it with: ./learn check 13
// The body that a side sends: where it ends, and that it does end there.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <aio/support/errors.hpp>
#include <aio/support/todo.hpp>
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
  AIO_TODO("13.2", "say how long the body is, unless it has none by definition");
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
  AIO_TODO("13.2", "write the status line; nobody may end it early");
}

//: 13.2 choose how this body ends
inline void Outgoing::begin(const Framing& framing, bool with_body) {
  AIO_TODO("13.2", "choose how this body ends");
}

//: 13.2 append a piece, as this body is framed
inline void Outgoing::append(std::string& out, std::string_view piece) {
  AIO_TODO("13.2", "append a piece, as this body is framed");
}

//: 13.2 append what ends the body, if it is whole
inline void Outgoing::finish(std::string& out) {
  AIO_TODO("13.2", "append what ends the body, if it is whole");
}

}  // namespace detail

}  // namespace http
