#pragma once
// Lesson 13, tls: a stream that nobody else can read or change, from somebody who has shown who it
// is. Given.
//
// Stands on streams (12), and on OpenSSL, which one file sees (src/tls_openssl.cpp).
//  1. It reads and writes as aio::Stream does: one concept, two kinds.
//  2. A client knows whom it talks to: the certificate is valid, and for that host.
//  3. The end is told from a connection that was cut: the other side has to say that it ends.
//  4. Nothing that came in clear is taken for something that came under TLS.

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/delay.hpp>
#include <aio/timeout.hpp>
#include <http/tls/context.hpp>
#include <http/tls/error.hpp>
#include <http/tls/stream_state.hpp>

namespace http::tls {

/// A connected stream of bytes under TLS; start_tls() makes one. Its members are those of
/// aio::Stream, and do the same, but for what is said here. Move-only. Destroyed without close(),
/// it closes at once, and to the other side it looks cut off.
class Stream {
 public:
  static constexpr std::size_t npos = std::string_view::npos;

  explicit Stream(aio::Ref<detail::StreamState> state) : state_(std::move(state)) {}
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&&) noexcept = default;

  // ── reading: throws TruncationError where the connection ended without the end of TLS, with what
  // had come; and Error, from then on, where TLS failed. Cancelled, a read has lost nothing. ──

  /// What has come, at least one byte; empty at the end.
  aio::Coro<std::string> read(std::size_t at_most = npos) { return ask({Kind::some, at_most}); }
  aio::Coro<std::string> read_all() { return ask({Kind::all, 0}); }
  /// Throws aio::IncompleteReadError when the stream ends before.
  aio::Coro<std::string> read_exactly(std::size_t count) { return ask({Kind::exactly, count}); }
  /// Up to and including the separator. Throws aio::LimitOverrunError and aio::IncompleteReadError.
  aio::Coro<std::string> read_until(std::string_view separator) { return read_until({separator}); }
  aio::Coro<std::string> read_until(std::initializer_list<std::string_view> separators);
  /// Up to and including '\n'; at the end of the stream the rest, then empty.
  aio::Coro<std::string> read_line() { return ask(aio::detail::ReadRequest::line()); }
  /// The end has been read, and everything before it.
  bool at_eof() const { return state().at_eof(); }

  // ── writing ──

  /// Encrypts and sends. After close(), and after TLS failed, it is dropped.
  void write(std::string_view data) { state().write(data); }
  aio::StreamWait drain() { return state().stream().drain(); }
  aio::StreamWait write_all(std::string_view data);
  /// Throws aio::InvalidStateError: not every TLS can go on reading then. close() ends both.
  void write_eof();
  /// Bytes that wait to be sent, encrypted.
  std::size_t unsent() const { return state().stream().unsent(); }

  // ── closing ──

  /// Ends reading now. When everything is sent, tells the other side so (close_notify), waits up to
  /// a second until it ends too, and closes the connection. Idempotent.
  void close() { state().close(); }
  /// Ends the connection now. The other side sees it cut off.
  void abort() { state().abort(); }
  bool is_closing() const { return state().is_closing(); }
  /// Waits until the connection is closed.
  aio::StreamWait wait_closed() { return state().stream().wait_closed(); }

  // ── what both sides have agreed on ──

  /// E.g. "TLSv1.3".
  std::string version() const { return state().session().version(); }
  /// "http/1.1"; empty when the other side names no protocol.
  std::string protocol() const { return state().session().protocol(); }
  /// A session from before was taken up, which is quicker.
  bool resumed() const { return state().session().resumed(); }

  int fd() const { return state().stream().fd(); }
  /// For the layers above.
  detail::StreamState& state() const;

 private:
  using Kind = aio::detail::ReadRequest::Kind;
  aio::Coro<std::string> ask(aio::detail::ReadRequest request) {
    static_cast<void>(state());
    return detail::StreamState::read(state_, std::move(request));
  }

  aio::Ref<detail::StreamState> state_;
};

/// How long a handshake may take.
inline constexpr std::chrono::seconds handshake_limit(60);

/// Goes on under TLS, as a client of `host`, a name or an address, or as a server, as `context`
/// says. The stream is used up. Throws Error, which says why; aio::TimeoutError when the handshake
/// takes longer than `limit`; aio::IncompleteReadError when the other side goes away meanwhile;
/// std::system_error when the connection fails; std::invalid_argument for an unusable host. Then,
/// and when it is cancelled, the connection is closed.
aio::Coro<Stream> start_tls(aio::Stream stream, Context context, std::string host = {},
                            aio::Delay limit = handshake_limit);

/// Whether somebody speaks TLS to a server that expects clear text, by the first bytes that came.
constexpr bool is_hello(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x16' && bytes[1] == '\x03';
}

// Implementation

inline detail::StreamState& Stream::state() const {
  if (!state_) throw aio::InvalidStateError("this tls::Stream is empty: it was moved from");
  return *state_;
}

inline aio::Coro<std::string> Stream::read_until(
    std::initializer_list<std::string_view> separators) {
  std::vector<std::string> owned(separators.begin(), separators.end());
  return ask({Kind::until, std::move(owned)});
}

inline aio::StreamWait Stream::write_all(std::string_view data) {
  write(data);
  return state().stream().write_all("");
}

inline void Stream::write_eof() {
  throw aio::InvalidStateError("write_eof: a stream under TLS ends in both directions; close() it");
}

inline aio::Coro<Stream> start_tls(aio::Stream stream, Context context, std::string host,
                                   aio::Delay limit) {
  if (stream.state().has_input()) {
    throw Error(Reason::clear_bytes, "start_tls: bytes have come in clear that nobody has read");
  }
  const aio::Ref state(new detail::StreamState(std::move(stream), context, host));
  const auto handshake = [&state] { return state->shake_hands(); };
  co_await aio::timeout(limit, handshake);
  co_return Stream(state);
}

}  // namespace http::tls
