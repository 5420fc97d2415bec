#pragma once
// A socket that lives on a loop: it is told of events, and goes on in later turns.

#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/stream/attached_fd.hpp>
#include <aio/stream/stint.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

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
  /// So much was moved at once that the others have their turn first.
  bool must_make_way() const { return stint.is_over() && !gone(); }
  std::string describe() const override { return "a stream"; }

  Stint stint;

 protected:
  /// Throws std::system_error when the kernel watches no more descriptors.
  LoopSocket(EventLoop& loop, UniqueFd fd) : EventSink(deliver_event), fd_(loop, std::move(fd)) {
    fd_.attach(*this);
  }
  virtual void on_event(const PollEvent& event) = 0;
  /// A byte out of turn comes (MSG_OOB); told before the event.
  virtual void on_urgent() = 0;
  /// Its turn has come, which it asked for.
  virtual void on_turn() = 0;
  virtual void fail(std::error_code error) = 0;
  /// Idempotent while it waits for its turn.
  void ask_for_a_turn() {
    if (!Ready::linked() && !gone()) loop()->call_soon(static_cast<Ready&>(*this));
  }

  AttachedFd fd_;

 private:
  static void deliver_event(EventSink& sink, EventLoop&, PollEvent event) {
    auto& self = static_cast<LoopSocket&>(sink);
    self.stint.begin();
    if (event.urgent) self.on_urgent();
    self.guarded([&self, &event] { self.on_event(event); });
  }
  void run() override {
    guarded([this] { on_turn(); });
  }
  /// What was taken from the kernel and has no memory is lost: the connection has failed.
  template <class Act>
  void guarded(Act act) {
    const Ref<LoopSocket> alive(this);
    try {
      act();
    } catch (const std::bad_alloc&) {
      fail(std::make_error_code(std::errc::not_enough_memory));
    }
  }
};

}  // namespace aio::detail
