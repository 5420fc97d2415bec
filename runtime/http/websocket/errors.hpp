#pragma once
// How a WebSocket ends, other than well.

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <http/websocket/utf8.hpp>

namespace http {

/// Why a WebSocket has ended, for codes that have a name: RFC 6455, 7.4.1.
constexpr const char* close_code_name(std::uint16_t code) {
  switch (code) {
    case 1002:
      return "the other side broke the protocol";
    case 1006:
      return "the connection was lost";
    case 1007:
      return "the other side sent text that is no UTF-8";
    case 1009:
      return "the other side sent a message that is too long";
    default:
      return "the connection was closed";
  }
}

/// A WebSocket has ended, but not by the other side's Close. `code` is what it was told, 1006 if
/// nothing.
struct WebSocketError : std::runtime_error {
  explicit WebSocketError(std::uint16_t why) : WebSocketError(why, close_code_name(why)) {}
  WebSocketError(std::uint16_t why, const std::string& message)
      : std::runtime_error(message), code(why) {}
  std::uint16_t code;
};

/// Nothing can be sent any more: one of the sides has closed.
struct WebSocketClosed : std::runtime_error {
  WebSocketClosed() : std::runtime_error("the WebSocket is closed, nothing can be sent") {}
};

namespace detail {

/// Whether a program may close with that code: the others mean that there was none.
constexpr bool may_send_code(std::uint16_t code) {
  const bool is_named = code >= 1000 && code <= 1011 && code != 1004 && code != 1006;
  return is_named || (code >= 3000 && code <= 4999);
}

/// Throws std::invalid_argument. 1005 stands for no code, and then there is no reason.
inline void check_close(std::uint16_t code, std::string_view reason) {
  if (!may_send_code(code)) throw std::invalid_argument("WebSocket::close: no code to close with");
  if (code == 1005 && !reason.empty()) {
    throw std::invalid_argument("WebSocket::close: a reason needs a code");
  }
  if (reason.size() > 123 || !is_utf8(reason)) {
    throw std::invalid_argument("WebSocket::close: a reason is UTF-8 of 123 bytes at most");
  }
}

/// True as long as it lives.
class Raised {
 public:
  explicit Raised(bool& flag) : flag_(flag) { flag_ = true; }
  ~Raised() { flag_ = false; }
  Raised(const Raised&) = delete;
  Raised& operator=(const Raised&) = delete;

 private:
  bool& flag_;
};

/// Does something when it goes, however that comes about.
template <class Act>
class Finally {
 public:
  explicit Finally(Act act) : act_(std::move(act)) {}
  ~Finally() { act_(); }
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

 private:
  Act act_;
};

}  // namespace detail
}  // namespace http
