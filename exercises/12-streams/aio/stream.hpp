#pragma once
// Your layer of lesson 12. Check it with: ./learn check 12
// Lesson 12, stream: bytes in order, for tasks that wait for them.
//
// Stands on the stream's state (12), which says what holds for the bytes.
//  - A read that finds its result in the buffer, or in the kernel, does not wait.
//  - Whoever waits is woken by a result, the end, an error, or a request to stop.
//  - One task reads at a time.

#include <coroutine>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <aio/read_request.hpp>
#include <aio/stream/waiter.hpp>
#include <aio/stream_state.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* stream = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// Parks the current task until its request has a result.
class ReadAwaiter final : public Reader {
 public:
  ReadAwaiter(Ref<StreamState> stream, ReadRequest request)
      : Reader(std::move(request)), stream_(std::move(stream)) {}
  ReadAwaiter(const ReadAwaiter&) = delete;
  ReadAwaiter& operator=(const ReadAwaiter&) = delete;
  ~ReadAwaiter() { leave(); }

  bool await_ready();
  void await_suspend(std::coroutine_handle<> leaf);
  std::string await_resume();
  bool cancel() override;
  std::string what() const override { return "bytes to read"; }
  Awaited awaited() const override { return {.descriptor = stream_->fd()}; }

 private:
  void leave() {
    if (task_ != nullptr && !std::exchange(left_, true)) stream_->stop_reading();
  }

  Ref<StreamState> stream_;
  bool cancelled_ = false, left_ = false;
};

}  // namespace detail

/// What the reading members of Stream return: await it for the bytes.
class [[nodiscard("co_await it")]] Read {
 public:
  Read(Ref<detail::StreamState> stream, detail::ReadRequest request)
      : stream_(std::move(stream)), request_(std::move(request)) {}
  /// Throws InvalidStateError when it has been awaited before.
  detail::ReadAwaiter operator co_await()&& { return {detail::once(stream_), std::move(request_)}; }

 private:
  Ref<detail::StreamState> stream_;
  detail::ReadRequest request_;
};

/// A connected stream of bytes. Move-only; destroyed without close(), it closes at once, and what
/// waits in its buffer is lost. After an error of the connection reads give what had come before;
/// then every read, drain() and wait_closed() throws it (std::system_error). One task reads at a
/// time: a second one gets InvalidStateError. Throws InvalidStateError when it was moved from, and,
/// but for the members that are const, in another thread than its loop's.
class Stream {
 public:
  static constexpr std::size_t npos = std::string_view::npos;

  /// Takes a connected, non-blocking socket of type SOCK_STREAM over. Throws std::invalid_argument
  /// for any other descriptor, InvalidStateError when no loop runs.
  static Stream adopt(UniqueFd socket, const StreamOptions& options = StreamOptions());
  explicit Stream(Ref<detail::StreamState> state) : state_(std::move(state)) {}
  Stream(Stream&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Stream& operator=(Stream&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Stream() {
    if (state_) state_->drop();
  }

  // ── reading ──

  /// What has come, at least one byte; empty at the end of the stream. When the buffer has some
  /// bytes, but fewer than `at_most`, the kernel is asked once for the rest, unless it is known to
  /// have none; without a number it is not asked.
  Read read(std::size_t at_most = npos) { return ask(Kind::some, at_most); }
  /// Everything until the end of the stream.
  Read read_all() { return ask(Kind::all, 0); }
  /// Throws IncompleteReadError when the stream ends before, std::invalid_argument for a number
  /// that was negative.
  Read read_exactly(std::size_t count) { return ask(Kind::exactly, count); }
  /// Up to and including the separator. Throws LimitOverrunError when more than the limit comes
  /// before it (all of it can still be read), IncompleteReadError when the stream ends before.
  Read read_until(std::string_view separator) { return read_until({separator}); }
  /// The same with the separator that ends first.
  Read read_until(std::initializer_list<std::string_view> separators);
  /// Up to and including '\n'; at the end of the stream the rest, then empty. A line that is too
  /// long is thrown away with LimitOverrunError.
  Read read_line() { return line_of(here("read_line")); }
  /// The next line as read_line() gives it; nothing at the end of the stream.
  Coro<std::optional<std::string>> next_line() { return next_line(here("next_line")); }
  /// The end has been read, and everything before it.
  bool at_eof() const { return state().at_eof(); }

  // ── writing ──

  /// Sends what the kernel takes and copies the rest; also after close(), while earlier output
  /// waits. Once the connection is gone it is dropped, and drain() says so. Throws
  /// InvalidStateError after write_eof().
  void write(std::string_view data) { here("write")->put(data); }
  /// Waits while there is more to send than the high-water mark, until it is down to the low one.
  /// Who has sent much at once lets the others have a turn.
  StreamWait drain() { return {here("drain"), detail::StreamEvent::drained}; }
  /// Writes now; await it until the kernel has taken everything.
  StreamWait write_all(std::string_view data);
  /// Ends the outgoing direction once everything is sent. Idempotent.
  void write_eof() { here("write_eof")->write_eof(); }
  /// Bytes that wait to be sent.
  std::size_t unsent() const { return state().unsent(); }
  /// The marks of drain(); one alone gives the other by a factor of 4. Throws
  /// std::invalid_argument for low > high.
  void set_write_limits(std::optional<std::size_t> high, std::optional<std::size_t> low = {});

  // ── closing ──

  /// Ends reading now, and the connection when everything is sent. Idempotent.
  void close() { here("close")->close(); }
  /// Ends the connection now; drops what is unsent, and lets the other side know (RST).
  void abort() { here("abort")->abort(); }
  bool is_closing() const { return state().closing() || state().gone(); }
  /// Waits until the descriptor is closed: by close(), or by an error, which it throws. The other
  /// side's end alone closes nothing; a read tells it.
  StreamWait wait_closed() { return {here("wait_closed"), detail::StreamEvent::closed}; }

  /// The descriptor, -1 when it is closed. It stays the stream's.
  int fd() const { return state().fd(); }
  /// For the layers above.
  detail::StreamState& state() const { return *ref(); }

 private:
  using Kind = detail::ReadRequest::Kind;

  const Ref<detail::StreamState>& ref() const;
  /// Throws InvalidStateError, naming `call`, when the stream's loop runs in another thread.
  const Ref<detail::StreamState>& here(const char* call) const {
    if (const EventLoop* const home = ref()->loop()) home->check_thread(call);
    return state_;
  }
  Read ask(Kind kind, std::size_t count) {
    return {here("read"), detail::ReadRequest(kind, count)};
  }
  static Read line_of(Ref<detail::StreamState> state);
  static Coro<std::optional<std::string>> next_line(Ref<detail::StreamState> state);

  Ref<detail::StreamState> state_;
};

// Implementation

namespace detail {

//: 12.4 park the task until its request has a result
inline void ReadAwaiter::await_suspend(std::coroutine_handle<> leaf) {
  AIO_TODO("12.4", "park the task until its request has a result");
}

inline bool ReadAwaiter::await_ready() {
  if (stream_->has_reader()) {
    throw InvalidStateError("read: another task is reading from this stream");
  }
  return stream_->try_at_once(request_);
}

//: 12.4 a cancelled read takes nothing, and makes way for the next one at once
inline bool ReadAwaiter::cancel() {
  AIO_TODO("12.4", "a cancelled read takes nothing, and makes way for the next one at once");
}

inline std::string ReadAwaiter::await_resume() {
  leave();
  if (task_ != nullptr) task_->check_cancel();
  if (cancelled_) throw CancelledError();
  return stream_->take(request_);
}

}  // namespace detail

// ── the handle ──

inline Stream Stream::adopt(UniqueFd socket, const StreamOptions& options) {
  const int flags = check_syscall("fcntl", ::fcntl(socket.get(), F_GETFL));
  if ((flags & O_NONBLOCK) == 0) {
    throw std::invalid_argument("Stream::adopt: the socket must be non-blocking");
  }
  detail::check_stream_socket(socket.get());
  return Stream(Ref(new detail::StreamState(running_loop(), std::move(socket), options)));
}

inline const Ref<detail::StreamState>& Stream::ref() const {
  if (!state_) throw InvalidStateError("this Stream is empty: it was moved from");
  return state_;
}

inline Read Stream::read_until(std::initializer_list<std::string_view> separators) {
  std::vector<std::string> owned(separators.begin(), separators.end());
  return {here("read_until"), detail::ReadRequest(Kind::until, std::move(owned))};
}

inline Read Stream::line_of(Ref<detail::StreamState> state) {
  return {std::move(state), detail::ReadRequest::line()};
}

inline Coro<std::optional<std::string>> Stream::next_line(Ref<detail::StreamState> state) {
  std::string line = co_await line_of(std::move(state));
  if (line.empty()) co_return std::nullopt;
  co_return line;
}

inline StreamWait Stream::write_all(std::string_view data) {
  write(data);
  return {ref(), detail::StreamEvent::flushed};
}

inline void Stream::set_write_limits(std::optional<std::size_t> high,
                                     std::optional<std::size_t> low) {
  const StreamOptions defaults;
  if (!high) high = low ? *low * 4 : defaults.high;
  if (!low) low = *high / 4;
  if (*low > *high) throw std::invalid_argument("set_write_limits: low is above high");
  here("set_write_limits")->set_marks(*high, *low);
}

}  // namespace aio
