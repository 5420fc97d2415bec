#pragma once
// Lesson 17, readiness: a task that waits for a descriptor that is somebody else's, such as the
// socket inside a database's library.
//
// Stands on tasks (07). The library reads and writes; the loop only says when that makes sense.
//  1. A wait is one-shot: the loop watches the descriptor while the task sleeps, and no longer.
//  2. Each direction of a descriptor has one owner. Who comes second is refused; who is replaced,
//     by add_reader() or by a stream, is told so, and does not sleep for ever.
//  3. Readiness is level-triggered, and a hint: after it a read may still find nothing.

#include <coroutine>
#include <string>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* readiness = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// Parks the current task until a descriptor is ready.
class ReadinessWaiter final : public Waiter {
 public:
  ReadinessWaiter(int fd, Interest wanted) : fd_(fd), wanted_(wanted) {}
  ReadinessWaiter(const ReadinessWaiter&) = delete;
  ReadinessWaiter& operator=(const ReadinessWaiter&) = delete;
  ~ReadinessWaiter() {
    if (end(State::over)) stop_watching(wanted_);
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> leaf);
  Interest await_resume();
  bool cancel() override;
  std::string what() const override { return "descriptor " + std::to_string(fd_); }

 private:
  enum class State { idle, waiting, over, lost, cancelled };
  class Callback;

  bool wants(Interest side) const { return (wanted_ & side) != Interest::none; }
  void refuse_second(Interest side) const;
  void watch();
  void stop_watching(Interest sides) noexcept;
  bool end(State state);
  void wake(State state);
  void lost(Interest side);

  const int fd_;
  const Interest wanted_;
  Interest ready_ = Interest::none;
  State state_ = State::idle;
  TaskBase* task_ = nullptr;
  EventLoop* loop_ = nullptr;
};

/// What the loop calls. When the loop lets go of it uncalled, somebody else has the descriptor.
class ReadinessWaiter::Callback {
 public:
  Callback(ReadinessWaiter& waiter, Interest side) : waiter_(&waiter), side_(side) {}
  Callback(Callback&& other) noexcept
      : waiter_(std::exchange(other.waiter_, nullptr)), side_(other.side_) {}
  Callback& operator=(Callback&&) = delete;
  ~Callback() {
    if (waiter_ != nullptr) waiter_->lost(side_);
  }
  void operator()() {
    ReadinessWaiter& waiter = *std::exchange(waiter_, nullptr);
    waiter.ready_ = side_;
    waiter.wake(State::over);
  }

 private:
  ReadinessWaiter* waiter_;  // null: it has been told
  Interest side_;
};

}  // namespace detail

/// What readable() and its sisters return: await it.
class [[nodiscard("co_await it")]] Readiness {
 public:
  Readiness(int fd, Interest wanted) : fd_(fd), wanted_(wanted) {}
  detail::ReadinessWaiter operator co_await() const {
    return detail::ReadinessWaiter(fd_, wanted_);
  }

 private:
  int fd_;
  Interest wanted_;
};

/// Waits until `fd` can be read, or has hung up or failed. Throws InvalidStateError when somebody
/// else watches it for that, or takes it over meanwhile, and std::system_error for a descriptor
/// that is none (EBADF) or that is always ready, like a file (EPERM). Cancelled: nothing is lost,
/// since nothing was read. `fd` must stay open until the wait has ended.
inline Readiness readable(int fd) { return Readiness(fd, Interest::read); }
/// The same for writing.
inline Readiness writable(int fd) { return Readiness(fd, Interest::write); }
/// Waits for one or the other, and gives that: Interest::read or Interest::write.
inline Readiness readable_or_writable(int fd) {
  return Readiness(fd, Interest::read | Interest::write);
}

// Implementation

namespace detail {

inline void ReadinessWaiter::await_suspend(std::coroutine_handle<> leaf) {
  task_ = &TaskBase::current("a descriptor");
  loop_ = &task_->home();
  refuse_second(Interest::read);
  refuse_second(Interest::write);
  watch();
  state_ = State::waiting;
  task_->park(leaf, *this);
}

inline void ReadinessWaiter::refuse_second(Interest side) const {
  if (!wants(side) || !Descriptor::is_watched(*loop_, fd_, side)) return;
  throw InvalidStateError("descriptor " + std::to_string(fd_) + " is watched by somebody else");
}

inline void ReadinessWaiter::watch() {
  if (wants(Interest::read)) loop_->add_reader(fd_, Callback(*this, Interest::read));
  try {
    if (wants(Interest::write)) loop_->add_writer(fd_, Callback(*this, Interest::write));
  } catch (...) {
    stop_watching(Interest::read);
    throw;
  }
}

inline void ReadinessWaiter::stop_watching(Interest sides) noexcept {
  if (loop_->is_closed()) return;
  if ((wanted_ & sides & Interest::read) != Interest::none) loop_->remove_reader(fd_);
  if ((wanted_ & sides & Interest::write) != Interest::none) loop_->remove_writer(fd_);
}

/// Returns false when the wait has ended before.
inline bool ReadinessWaiter::end(State state) {
  if (state_ != State::waiting) return false;
  state_ = state;
  return true;
}

inline void ReadinessWaiter::wake(State state) {
  if (!end(state)) return;
  stop_watching(wanted_);
  loop_->call_soon(*task_);
}

/// That direction is another's now; ours may be the other one.
inline void ReadinessWaiter::lost(Interest side) {
  if (loop_->is_closed() || !end(State::lost)) return;
  stop_watching(~side);
  loop_->call_soon(*task_);
}

inline bool ReadinessWaiter::cancel() {
  if (state_ != State::waiting) return false;
  wake(State::cancelled);
  return true;
}

inline Interest ReadinessWaiter::await_resume() {
  task_->check_cancel();
  if (state_ == State::cancelled) throw CancelledError();
  if (state_ == State::lost) {
    throw InvalidStateError("descriptor " + std::to_string(fd_) + " was taken over while a task " +
                            "waited for it");
  }
  return ready_;
}

}  // namespace detail
}  // namespace aio
