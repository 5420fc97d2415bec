#pragma once
// One side of a WebSocket, as a machine: bytes in, messages out, and the other way. It knows no
// socket. The library that does it is seen by one file (src/frames_wslay.cpp).

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// A whole message: text, which is UTF-8, or bytes.
struct WebSocketMessage {
  std::string data;
  bool is_text = true;
  friend bool operator==(const WebSocketMessage&, const WebSocketMessage&) = default;
};

/// Which side of the connection it is: a client masks what it sends.
enum class WebSocketSide { server, client };

namespace detail {

/// Frames, both ways. Whatever it is told, it may have something to send: take_output().
class Frames {
 public:
  Frames(WebSocketSide side, std::size_t longest_message);
  ~Frames();
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  /// Takes bytes from the other side. Pings are answered, and so is a Close. What comes after the
  /// end is ignored.
  void put(std::string_view bytes);
  /// The next message that has come.
  std::optional<WebSocketMessage> next();
  void drop_messages();

  /// Sends a message, or a Ping. REQUIRES: !close_sent()
  void send(std::string_view data, bool is_text);
  void ping();
  /// Sends a Close; 1005 stands for no code. Idempotent.
  void close(std::uint16_t code, std::string_view reason);
  std::string take_output();

  bool close_sent() const;
  bool close_received() const;
  /// The code that the other side has closed with, 1005 if it gave none; 1006 before that.
  std::uint16_t close_code() const;
  const std::string& close_reason() const;
  /// What the other side did wrong, as the code that it was sent; 0: nothing.
  std::uint16_t failure() const;
  /// Nothing more is read: both have closed, or this side has given up.
  bool over() const { return failure() != 0 || (close_sent() && close_received()); }

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace detail
}  // namespace http
