#pragma once
// One side of one connection under TLS, as a machine: bytes in, bytes out. It knows no socket.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <aio/stream/byte_buffer.hpp>
#include <http/tls/context.hpp>

namespace http::tls::detail {

/// What TLS does between two streams of bytes: one that is secret, and one that is clear. Whatever
/// it is told, it may have something to send: take it from output() each time.
class Session {
 public:
  /// REQUIRES: a host for a client that verifies. Throws std::invalid_argument for one that is too
  /// long, or has a NUL in it.
  Session(Context context, const std::string& host);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Takes bytes from the other side.
  void put(std::string_view secret);
  /// Goes on with the handshake. Returns whether it is done. Throws Error.
  bool shake_hands();
  /// Moves all that can be read to `clear`. Throws Error; what came before it is in `clear`.
  void read(aio::detail::ByteBuffer& clear);
  /// The other side has said that nothing more will come.
  bool ended() const { return ended_; }
  /// Throws Error. REQUIRES: the handshake is done, and shut_down() was not called.
  void write(std::string_view clear);
  /// Says that nothing more will come.
  void shut_down();

  /// What is to be sent. The view holds until the session is told something.
  std::string_view output() const;
  void drop_output();

  /// What both have agreed on, e.g. "TLSv1.3".
  std::string version() const;
  /// The protocol above TLS that both have agreed on; empty if they have not.
  std::string protocol() const;
  /// A session from before was taken up.
  bool resumed() const;

 private:
  struct Machine;
  bool check_step(int result);
  [[noreturn]] void fail();

  Context context_;
  std::unique_ptr<Machine> machine_;
  bool ended_ = false;
};

}  // namespace http::tls::detail
