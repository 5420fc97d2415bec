#pragma once
// Waiting for a stream, but not for bytes.

#include <coroutine>
#include <system_error>
#include <utility>

#include <aio/stream_state.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>

namespace aio::detail {

/// Throws InvalidStateError for a task of another loop: nobody would wake it.
inline void check_home(const StreamState& stream, const TaskBase& task) {
  if (&task.home() == stream.loop()) return;
  throw InvalidStateError("this stream belongs to another event loop");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_awaited() {
  throw InvalidStateError("this wait for a stream has been awaited before");
}

/// Takes the stream out of what is awaited. Throws InvalidStateError the second time.
inline Ref<StreamState> once(Ref<StreamState>& stream) {
  if (!stream) [[unlikely]]
    throw_awaited();
  return std::move(stream);
}

/// Parks the current task until a StreamEvent.
class StreamWaiter final : public ParkedTask {
 public:
  StreamWaiter(Ref<StreamState> stream, StreamEvent event)
      : ParkedTask(name_of(event)), stream_(std::move(stream)), event_(event) {}
  bool await_ready() const { return has_happened() && !makes_way(); }
  void await_suspend(std::coroutine_handle<> leaf);
  Awaited awaited() const override { return {.descriptor = stream_->fd()}; }
  void await_resume() {
    check();
    throw_error();
  }

 private:
  bool has_happened() const;
  bool makes_way() const {
    const bool sent = event_ == StreamEvent::flushed && stream_->unsent() == 0;
    return sent && stream_->must_make_way();
  }
  void throw_error() const;

  Ref<StreamState> stream_;
  StreamEvent event_;
  bool late_ = true;  // it had happened before it was asked for
};

inline bool StreamWaiter::has_happened() const {
  if (stream_->gone()) return true;
  switch (event_) {
    case StreamEvent::drained:
      return stream_->unsent() <= stream_->options.high;
    case StreamEvent::flushed:
      return stream_->unsent() == 0;
    case StreamEvent::connected:
      return !stream_->connecting();
    default:
      return false;
  }
}

inline void StreamWaiter::await_suspend(std::coroutine_handle<> leaf) {
  const bool happened = has_happened();
  late_ = false;
  check_home(*stream_, TaskBase::current("a stream"));
  park_in(stream_->waiting(event_), leaf);
  stream_->stint.begin();
  if (happened) wake();  // it only makes way
}

/// Throws what the event ended with, if that was not its name.
inline void StreamWaiter::throw_error() const {
  if (const auto error = stream_->error()) throw std::system_error(error, "stream");
  const bool wrote = event_ == StreamEvent::drained || event_ == StreamEvent::flushed;
  if (!wrote || !stream_->gone() || !(stream_->aborted() || late_)) return;
  throw std::system_error(std::make_error_code(std::errc::connection_reset),
                          "the stream is closed");
}

}  // namespace aio::detail

namespace aio {

/// What drain(), write_all() and wait_closed() return: await it.
class [[nodiscard("co_await it")]] StreamWait {
 public:
  StreamWait(Ref<detail::StreamState> stream, detail::StreamEvent event)
      : stream_(std::move(stream)), event_(event) {}
  /// Throws InvalidStateError when it has been awaited before.
  detail::StreamWaiter operator co_await()&& { return {detail::once(stream_), event_}; }

 private:
  Ref<detail::StreamState> stream_;
  detail::StreamEvent event_;
};

}  // namespace aio
