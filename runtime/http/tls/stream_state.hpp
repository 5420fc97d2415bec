#pragma once
// A connection under TLS: the stream below it, what has been decrypted, and how it ends.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/read_request.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>
#include <http/tls/error.hpp>
#include <http/tls/session.hpp>

namespace http::tls::detail {

/// A stream, and what TLS makes of it. Lives on while it says goodbye.
class StreamState : public aio::RefCounted {
 public:
  StreamState(aio::Stream stream, const Context& context, const std::string& host)
      : stream_(std::move(stream)), session_(context, host) {}
  virtual ~StreamState() = default;

  /// Throws Error, and aio::IncompleteReadError when the stream ends before it is done.
  aio::Coro<> shake_hands();
  static aio::Coro<std::string> read(aio::Ref<StreamState> self, aio::detail::ReadRequest request);
  bool at_eof() const { return ended_ && in_.empty(); }
  void write(std::string_view clear);
  /// Says that nothing more will be written; reading goes on.
  void end_output();
  void close();
  void abort() {
    closing_ = ended_ = true;
    stream_.abort();
  }
  bool is_closing() const { return closing_ || stream_.is_closing(); }

  aio::Stream& stream() { return stream_; }
  const Session& session() const { return session_; }

 private:
  bool satisfied(aio::detail::ReadRequest& request) const;
  std::string take(aio::detail::ReadRequest& request);
  void receive(std::string_view secret);
  void decrypt() noexcept;
  void flush();
  void fail() noexcept;
  static aio::Coro<> linger(aio::Ref<StreamState> self);
  aio::Coro<> read_to_end();

  std::size_t limit() const { return stream_.state().options.limit; }

  aio::Stream stream_;
  Session session_;
  aio::detail::ByteBuffer in_;  // clear
  std::exception_ptr error_;    // how TLS has failed; told after what came before it
  bool ended_ = false;          // nothing more will be read
  bool truncated_ = false;      // and the other side has not said so
  bool output_ended_ = false;   // nothing more can be written
  bool closing_ = false;        // close() or abort() was called
};

// ── the beginning ──

inline aio::Coro<> StreamState::shake_hands() {
  while (true) {
    bool done = false;
    try {
      done = session_.shake_hands();
    } catch (...) {
      fail();
      throw;
    }
    flush();
    if (done) break;
    const std::string secret = co_await stream_.read();
    if (secret.empty()) throw aio::IncompleteReadError("", std::nullopt);
    session_.put(secret);
  }
  decrypt();  // what came with the other side's last words of the handshake
}

// ── reading ──

inline aio::Coro<std::string> StreamState::read(aio::Ref<StreamState> self,
                                                aio::detail::ReadRequest request) {
  if (self->stream_.state().has_reader()) {
    throw aio::InvalidStateError("read: another task is reading from this stream");
  }
  while (!self->satisfied(request)) {
    const std::string secret = co_await self->stream_.read();
    self->receive(secret);
  }
  co_return self->take(request);
}

inline bool StreamState::satisfied(aio::detail::ReadRequest& request) const {
  return error_ != nullptr || request.satisfied(in_, ended_, limit());
}

inline std::string StreamState::take(aio::detail::ReadRequest& request) {
  if ((error_ || truncated_) && !request.satisfied(in_, false, limit())) {
    if (error_) std::rethrow_exception(error_);
    throw TruncationError(in_.take(in_.size()), std::nullopt);
  }
  return request.take(in_, limit());
}

/// Decrypts what has come, or notes how the stream has ended.
inline void StreamState::receive(std::string_view secret) {
  if (secret.empty()) {
    truncated_ = !ended_;
    ended_ = true;
    return;
  }
  if (closing_) return;  // nobody will read it
  session_.put(secret);
  decrypt();
}

inline void StreamState::decrypt() noexcept {
  try {
    session_.read(in_);
    flush();
  } catch (...) {
    error_ = std::current_exception();
    fail();
  }
  if (session_.ended()) ended_ = true;
}

// ── writing ──

inline void StreamState::write(std::string_view clear) {
  if (closing_ || output_ended_) return;
  static constexpr std::size_t piece = 64 * 1024;
  for (; !clear.empty(); clear.remove_prefix(std::min(piece, clear.size()))) {
    session_.write(clear.substr(0, piece));
    flush();
  }
}

/// Hands over to the stream what TLS has to send.
inline void StreamState::flush() {
  const std::string_view secret = session_.output();
  if (secret.empty()) return;
  stream_.write(secret);
  session_.drop_output();
}

/// TLS is of no use any more. The other side gets its last words (an alert), and the end.
inline void StreamState::fail() noexcept {
  closing_ = output_ended_ = true;
  try {
    flush();
    stream_.close();
  } catch (...) {  // no memory for the last words
    stream_.abort();
  }
}

// ── the end ──

/// Says so to the other side, and waits for a while until it has said the same: a connection that
/// is closed with bytes unread is reset, and our last words would be lost.
inline void StreamState::close() {
  if (std::exchange(closing_, true)) return;
  const bool other_has_ended = std::exchange(ended_, true);
  if (stream_.is_closing()) return;
  end_output();
  aio::EventLoop* const loop = stream_.state().loop();
  const bool may_wait = loop != nullptr && !loop->is_closed() && !stream_.state().has_reader();
  if (other_has_ended || !may_wait) return stream_.close();
  try {
    loop->create_task(linger(aio::Ref<StreamState>(this)), "the end of a TLS connection");
  } catch (const std::bad_alloc&) {
    stream_.abort();
  }
}

inline void StreamState::end_output() {
  if (std::exchange(output_ended_, true)) return;
  session_.shut_down();
  flush();
}

/// A task of its own, which the loop cancels at its end.
inline aio::Coro<> StreamState::linger(aio::Ref<StreamState> self) {
  static constexpr std::chrono::seconds long_enough(1);
  const auto rest = [state = self.get()] { return state->read_to_end(); };
  try {
    co_await self->stream_.write_all("");
    self->stream_.write_eof();
    co_await aio::timeout(long_enough, rest);
    self->stream_.close();
  } catch (const aio::TimeoutError&) {
    self->stream_.abort();
  } catch (const std::system_error&) {  // the stream has closed itself
  } catch (const std::bad_alloc&) {
    self->stream_.abort();
  }
}

inline aio::Coro<> StreamState::read_to_end() {
  std::string late;
  do {
    late = co_await stream_.read();
  } while (!late.empty());
}

}  // namespace http::tls::detail
