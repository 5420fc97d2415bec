#pragma once
// What HTTP travels over: a stream of bytes, plain or under TLS. Both have the same members, and
// HTTP knows only these.

#include <coroutine>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <aio/stream.hpp>
#include <http/tls.hpp>

namespace http {

namespace detail {

/// Awaits one of two: bytes of a plain stream, for which no coroutine is needed, or of one under
/// TLS.
class ChannelAwaiter {
 public:
  explicit ChannelAwaiter(aio::Read read) : is_plain_(true) {
    new (&plain_) aio::detail::ReadAwaiter(std::move(read).operator co_await());
  }
  explicit ChannelAwaiter(aio::Coro<std::string> read) : is_plain_(false) {
    new (&secret_) aio::detail::CoroAwaiter<std::string>(std::move(read).operator co_await());
  }
  ChannelAwaiter(const ChannelAwaiter&) = delete;
  ChannelAwaiter& operator=(const ChannelAwaiter&) = delete;
  ~ChannelAwaiter() { is_plain_ ? std::destroy_at(&plain_) : std::destroy_at(&secret_); }

  bool await_ready() { return is_plain_ && plain_.await_ready(); }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> leaf) {
    if (!is_plain_) return secret_.await_suspend(leaf);
    plain_.await_suspend(leaf);
    return std::noop_coroutine();
  }
  std::string await_resume() { return is_plain_ ? plain_.await_resume() : secret_.await_resume(); }

 private:
  const bool is_plain_;
  union {
    aio::detail::ReadAwaiter plain_;
    aio::detail::CoroAwaiter<std::string> secret_;
  };
};

}  // namespace detail

/// What Channel::read() returns: await it for the bytes.
class [[nodiscard("co_await it")]] ChannelRead {
 public:
  explicit ChannelRead(aio::Read read) : read_(std::move(read)) {}
  explicit ChannelRead(aio::Coro<std::string> read) : read_(std::move(read)) {}
  /// Throws aio::InvalidStateError when it has been awaited before.
  detail::ChannelAwaiter operator co_await()&& {
    if (auto* const plain = std::get_if<aio::Read>(&read_)) {
      return detail::ChannelAwaiter(std::move(*plain));
    }
    return detail::ChannelAwaiter(std::get<aio::Coro<std::string>>(std::move(read_)));
  }

 private:
  std::variant<aio::Read, aio::Coro<std::string>> read_;
};

/// A connected stream of bytes. Move-only; its members are those of aio::Stream.
class Channel {
 public:
  explicit Channel(aio::Stream stream) : stream_(std::move(stream)) {}
  explicit Channel(tls::Stream stream) : stream_(std::move(stream)) {}

  bool secure() const { return std::holds_alternative<tls::Stream>(stream_); }
  ChannelRead read(std::size_t at_most = aio::Stream::npos) {
    return std::visit([at_most](auto& kind) { return ChannelRead(kind.read(at_most)); }, stream_);
  }
  bool at_eof() const {
    return std::visit([](const auto& kind) { return kind.at_eof(); }, stream_);
  }
  void write(std::string_view data) {
    std::visit([data](auto& kind) { kind.write(data); }, stream_);
  }
  aio::StreamWait drain() { return stream().drain(); }
  aio::StreamWait write_all(std::string_view data) {
    write(data);
    return stream().write_all("");
  }
  /// Ends the outgoing direction once everything is sent; under TLS that is said under TLS.
  void write_eof();
  std::size_t unsent() const {
    return std::visit([](const auto& kind) { return kind.unsent(); }, stream_);
  }
  void close() {
    std::visit([](auto& kind) { kind.close(); }, stream_);
  }
  void abort() {
    std::visit([](auto& kind) { kind.abort(); }, stream_);
  }
  bool is_closing() const {
    return std::visit([](const auto& kind) { return kind.is_closing(); }, stream_);
  }
  aio::StreamWait wait_closed() { return stream().wait_closed(); }
  /// The stream below everything, for who watches the connection.
  aio::Stream& stream();

 private:
  std::variant<aio::Stream, tls::Stream> stream_;
};

inline aio::Stream& Channel::stream() {
  if (auto* const plain = std::get_if<aio::Stream>(&stream_)) return *plain;
  return std::get<tls::Stream>(stream_).state().stream();
}

inline void Channel::write_eof() {
  if (auto* const plain = std::get_if<aio::Stream>(&stream_)) return plain->write_eof();
  std::get<tls::Stream>(stream_).state().end_output();
}

}  // namespace http
