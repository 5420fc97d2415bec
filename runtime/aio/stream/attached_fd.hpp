#pragma once
// A descriptor whose events go to one sink.

#include <utility>

#include <aio/event_loop.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

/// Owns a descriptor, and the loop's registration of it. The loop may go first.
class AttachedFd {
 public:
  AttachedFd(EventLoop& loop, UniqueFd fd) : anchor_(loop.anchor()), fd_(std::move(fd)) {}
  AttachedFd(const AttachedFd&) = delete;
  AttachedFd& operator=(const AttachedFd&) = delete;
  ~AttachedFd() { close(); }

  /// Throws std::system_error, and leaves the descriptor as it was. REQUIRES: not attached.
  void attach(EventSink& sink) {
    loop()->attach(get(), sink);
    attached_ = true;
  }
  bool attached() const { return attached_; }
  /// No event comes from now on. Idempotent.
  void detach() noexcept {
    if (std::exchange(attached_, false) && loop() != nullptr) loop()->detach(get());
  }
  void close() noexcept {
    detach();
    fd_.reset();
  }

  /// Null when the loop has gone.
  EventLoop* loop() const { return anchor_->loop; }
  int get() const { return fd_.get(); }
  explicit operator bool() const { return static_cast<bool>(fd_); }

 private:
  Ref<LoopAnchor> anchor_;
  UniqueFd fd_;
  bool attached_ = false;
};

}  // namespace aio::detail
