#pragma once
// A socket or pipe that lives on a loop: it is told of events, and goes on in later turns.

#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/socket.h>

#include <aio/event_loop.hpp>
#include <aio/stream/attached_fd.hpp>
#include <aio/stream/pipe_io.hpp>
#include <aio/stream/socket_kind.hpp>
#include <aio/stream/stint.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

/// Hears that the other side sends no more, though nobody reads.
class EndListener {
 public:
  virtual void ended() = 0;

 protected:
  ~EndListener() = default;
};

/// What a stream is to its loop.
class LoopSocket : public RefCounted,
                   public Pooled,
                   public EventSink,
                   public Ready,
                   public Resident {
 public:
  virtual ~LoopSocket() = default;

  EventLoop* loop() const { return fd_.loop(); }  // null when it has gone
  int fd() const { return fd_.get(); }
  bool gone() const { return !fd_; }
  /// The kernel has reported that the other side sends no more, or that the connection has failed.
  bool over() const { return over_; }
  /// So much was moved at once that the others have their turn first.
  bool must_make_way() const { return stint.is_over() && !gone(); }
  std::string describe() const override { return "a stream"; }

  Stint stint;
  EndListener* end_listener = nullptr;

 protected:
  /// Throws std::system_error when the kernel watches no more descriptors.
  LoopSocket(EventLoop& loop, UniqueFd fd)
      : EventSink(deliver_event), fd_(loop, std::move(fd)), kind_(kind_of(fd_.get())) {
    fd_.attach(*this);
  }
  virtual void on_event(const PollEvent& event) = 0;
  /// The connection may have failed; told before the event.
  virtual void on_error() = 0;
  /// Its turn has come, which it asked for.
  virtual void on_turn() = 0;
  virtual void fail(std::error_code error) = 0;
  /// Idempotent while it waits for its turn.
  void ask_for_a_turn() {
    if (!Ready::linked() && !gone()) loop()->call_soon(static_cast<Ready&>(*this));
  }

  /// Does something that may run out of memory with bytes in hand. They are lost then: the
  /// connection has failed, and says so to whoever waits.
  template <class Act>
  void guarded(Act act) {
    try {
      act();
    } catch (const std::bad_alloc&) {
      fail(std::make_error_code(std::errc::not_enough_memory));
    }
  }

  bool is_pipe() const { return kind_ == SocketKind::pipe; }
  /// recv(), as this kind of socket needs it, or read().
  ssize_t receive(char* room, std::size_t size) {
    if (kind_ == SocketKind::local) return receive_locally(fd(), room, size, no_more_);
    if (is_pipe()) [[unlikely]]
      return read_pipe(fd(), room, size);
    return ::recv(fd(), room, size, 0);
  }
  /// send() or write(). Nobody listens: EPIPE, and no signal.
  ssize_t transmit(std::string_view data) {
    if (is_pipe()) [[unlikely]]
      return write_pipe(fd(), data);
    return ::send(fd(), data.data(), data.size(), MSG_NOSIGNAL);
  }

  [[no_unique_address]] AttachedFd fd_;  // what follows lies in its padding
  const SocketKind kind_;
  bool no_more_ = kind_ >= SocketKind::pipe;  // a short read is not the last

 private:
  bool over_ = false;

  static void deliver_event(EventSink& sink, EventLoop&, PollEvent event) {
    auto& self = static_cast<LoopSocket&>(sink);
    self.stint.begin();
    const Ref<LoopSocket> alive(&self);
    self.guarded([&self, &event] {
      if (event.urgent) self.no_more_ = true;
      if (event.error) self.on_error();
      if (!self.gone()) self.on_event(event);
    });
    if (!event.ended && !event.hangup && !event.error) return;
    self.over_ = true;
    if (self.end_listener != nullptr) self.end_listener->ended();
  }
  void run() override {
    const Ref<LoopSocket> alive(this);
    guarded([this] { on_turn(); });
  }
};

}  // namespace aio::detail
