#pragma once
// Lesson 05, future: a result that somebody will deliver later.
//
// Stands on the event loop (04). A Future is a handle; copies share one state, which lives as long
// as a handle or a queued callback needs it, even longer than its loop.
//  1. A future is done once: with a result, an exception, or by being cancelled.
//  2. Completion runs nobody. It queues whoever waits, in the order in which they began to wait.
//  3. A callback that is added to a done future is queued, too; it is never called at once.
//  4. What is queued can no longer be removed.
//  5. An exception that nobody asked for is reported when the last handle goes.
//
// What waits is a Ready in its owner's memory: a done callback here, a task in lesson 07.

#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/future/handle.hpp>
#include <aio/support/copies.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/result.hpp>

namespace aio {

namespace layers {
inline constexpr const char* future = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// What futures of all types have in common.
class FutureBase : public RefCounted, public Pooled {
 public:
  explicit FutureBase(EventLoop& loop) : anchor_(loop.anchor()) {}
  virtual ~FutureBase() = default;

  bool done() const { return status_ != Status::pending; }
  bool cancelled() const { return status_ == Status::cancelled; }
  /// Asks for cancellation: nobody needs to hear of a failure any more. Returns whether anything
  /// will be cancelled.
  virtual bool cancel();
  /// The stored exception, or null; does not count as asking for it.
  virtual std::exception_ptr failure() const = 0;
  /// Is there one? Costs less than a copy of it.
  virtual bool failed() const = 0;
  virtual std::string describe() const { return "future"; }

  /// Queues `waiter` when the future is done; at once if it is.
  void wait(Ready& waiter);
  CallbackId next_callback_id() { return CallbackId{++callback_ids_}; }
  /// Calls `visit(ready)` for each that waits.
  template <class Visit>
  void for_each_waiter(Visit visit) const {
    waiters_.for_each(visit);
  }
  void add_callback(Ready& callback);
  bool remove_callback(CallbackId id);

  /// Throws InvalidStateError while pending, CancelledError when cancelled. Marks it as asked for.
  void check_done();
  void mark_retrieved() { retrieved_ = true; }
  bool retrieved() const { return retrieved_; }
  /// Marks it, to find it again among others. Returns whether it was marked before.
  bool mark() { return std::exchange(marked_, true); }
  void unmark() { marked_ = false; }
  /// Somebody will report a failure as soon as it comes. Returns whether that was so before.
  bool watch_for_failure() { return std::exchange(failure_watched_, true); }
  /// Throws InvalidStateError, naming `call`, while the future's loop runs in another thread.
  void check_thread(const char* call) const;
  /// Throws InvalidStateError when a result cannot be set any more.
  void check_pending(const char* call) const;
  /// Throws InvalidStateError when the loop is gone or closed.
  EventLoop& loop() const;
  bool belongs_to(const EventLoop& loop) const { return anchor_->loop == &loop; }
  /// loop(), unchecked. REQUIRES: it exists.
  EventLoop& home() const { return *anchor_->loop; }
  /// Is there a loop, and is it in debug mode?
  bool is_debugged() const { return anchor_->loop != nullptr && anchor_->loop->debug(); }

 protected:
  enum class Status : std::uint8_t { pending, finished, cancelled };
  /// Ends the wait of everyone, in order, and changes the status. REQUIRES: pending.
  void complete(Status status);
  /// Ends without waking anybody: the loop is being closed.
  void abandon() noexcept;
  /// Is there more to do at the end than to free memory?
  bool leaves_something(bool failed) const { return failed || !waiters_.empty(); }
  /// Does it. REQUIRES: the most derived class calls it in its destructor.
  void wind_up(const std::exception_ptr& exception) noexcept;
  void report_unretrieved(const std::exception_ptr& exception) noexcept;
  void note_moved_out() { moved_out_ = true; }
  /// Throws InvalidStateError when the value is not here any more.
  void check_still_here() const {
    if (moved_out_) [[unlikely]]
      throw_moved_out();
  }

 private:
  [[noreturn]] void throw_moved_out() const;
  [[noreturn]] void throw_pending() const;
  void queue_waiters();
  void discard_waiters() noexcept;
  /// The loop, or null when it is gone or closed. Throws InvalidStateError in another thread.
  EventLoop* open_loop() const;

  Status status_ = Status::pending;
  bool retrieved_ = false;
  bool moved_out_ = false;  // somebody has taken the value with them
  bool marked_ = false;
  bool failure_watched_ = false;
  std::uint32_t callbacks_ = 0;  // how many of the waiters are done callbacks
  std::uint32_t callback_ids_ = 0;
  Ref<LoopAnchor> anchor_;
  List<Ready> waiters_;
};

/// Adds the result to `Base`: FutureBase, or a kind of future that a later layer defines.
template <class T, class Base>
class WithResult : public Base {
 public:
  using value_type = T;
  /// A result may be a future, whose result is a future. What frees nothing costs nothing.
  static constexpr bool owns_its_kind = !std::is_trivially_destructible_v<Stored<T>>;
  using Base::Base;
  ~WithResult() override {
    if (this->leaves_something(result_.failed())) [[unlikely]]
      this->wind_up(result_.exception());
  }

  template <class... Args>
  void set_result(Args&&... args);
  void set_exception(std::exception_ptr exception);
  /// Completes with a value that is in a Result already.
  void adopt_result(Result<T> result) {
    result_ = std::move(result);
    this->complete(Base::Status::finished);
  }
  Result<T>& result() {
    this->check_done();
    if constexpr (leaves_a_shell) this->check_still_here();
    return result_;
  }
  /// For a caller with one reference: is the result to be copied, since others may want it?
  bool wanted_by_others() const { return copies<Stored<T>> == Copies::always && this->shared(); }
  /// The result, to be moved from. Whoever asks for the value later gets InvalidStateError.
  Result<T>&& give_up() {
    Result<T>& result = this->result();
    if constexpr (leaves_a_shell) {
      if (result.has_value()) this->note_moved_out();
    }
    return std::move(result);
  }
  /// The value for a caller with one reference: copied if others may want it and it can be copied
  /// for certain, moved otherwise. Throws the exception.
  T take() {
    if constexpr (!leaves_a_shell) return result().value();
    if constexpr (copies<Stored<T>> == Copies::always) {
      if (wanted_by_others()) return result().value();
    }
    return give_up().value();
  }
  std::exception_ptr failure() const override { return result_.exception(); }
  bool failed() const override { return result_.failed(); }

 protected:
  Result<T> result_;

 private:
  /// Is a value that was moved from another one than before?
  static constexpr bool leaves_a_shell = !std::is_trivially_copyable_v<Stored<T>>;
};

/// A done callback, in its future's list of waiters, later in the ready queue. Owns itself; once
/// it is queued, it holds a reference to the future.
class DoneCallbackBase : public Ready, public Pooled {
 public:
  explicit DoneCallbackBase(FutureBase& future) : id(future.next_callback_id()), future_(future) {}
  virtual ~DoneCallbackBase() = default;
  void discard() noexcept override;
  std::string describe() const override { return "done callback"; }

  const CallbackId id;

 protected:
  FutureBase& future_;
};

/// `Handle` is what the function takes, `State` what it leads to.
template <class State, class Handle>
class DoneCallback final : public DoneCallbackBase {
 public:
  using Function = std::move_only_function<void(Handle&)>;
  DoneCallback(State& state, Function function)
      : DoneCallbackBase(state), function_(std::move(function)) {
    if (!function_) throw std::invalid_argument("add_done_callback: the callback is empty");
  }
  void run() override;

 private:
  Function function_;
};

}  // namespace detail

// Implementation

namespace detail {

//: 5.1 a result can be set once, while the future is pending
inline void FutureBase::check_pending(const char* call) const {
  if (done()) {
    throw InvalidStateError(std::string(call) + ": this " + describe() + " is done already");
  }
}

//: 5.1 a result can be read when there is one
inline void FutureBase::check_done() {
  if (!done()) throw_pending();
  retrieved_ = true;
  if (cancelled()) throw CancelledError();
}

//: 5.1 queue whoever waits, and be done
inline void FutureBase::complete(Status status) {
  if (!waiters_.empty()) queue_waiters();
  status_ = status;
}

//: 5.1 check, store the value, complete
template <class T, class Base>
template <class... Args>
void WithResult<T, Base>::set_result(Args&&... args) {
  this->check_pending("set_result");
  result_.emplace(std::forward<Args>(args)...);
  this->complete(Base::Status::finished);
}

//: 5.1 check, store the exception, complete
template <class T, class Base>
void WithResult<T, Base>::set_exception(std::exception_ptr exception) {
  if (exception == nullptr) throw std::invalid_argument("set_exception: null is no exception");
  this->check_pending("set_exception");
  result_.set_exception(std::move(exception));
  this->complete(Base::Status::finished);
}

//: 5.2 queue all waiters, in order, and run none; without a loop, discard them
inline void FutureBase::queue_waiters() {
  EventLoop* const loop = open_loop();
  if (loop == nullptr) return discard_waiters();
  this->add_refs(callbacks_);  // each queued callback keeps its future alive
  loop->call_soon(waiters_);
}

//: 5.2 queue the waiter now, or remember it for later
inline void FutureBase::wait(Ready& waiter) {
  if (done()) {
    loop().call_soon(waiter);
  } else {
    waiters_.push_back(waiter);
  }
}

inline void FutureBase::add_callback(Ready& callback) {
  check_thread("add_done_callback");
  if (done()) {
    loop();  // throws before anything has changed
    this->add_refs(1);
  } else {
    ++callbacks_;
  }
  wait(callback);
}

//: 5.2 call the function with the future; then let go of both
template <class State, class Handle>
void DoneCallback<State, Handle>::run() {
  const std::unique_ptr<DoneCallback> self(this);
  Handle future(Ref<State>::adopt(static_cast<State*>(&future_)));
  function_(future);
}

}  // namespace detail

//: 5.2 make the callback one of those who wait
template <class Self, class State>
template <class F>
CallbackId FutureHandle<Self, State>::add_done_callback(F callback) const {
  auto node = std::make_unique<detail::DoneCallback<State, Self>>(state(), std::move(callback));
  const CallbackId id = node->id;
  state().add_callback(*node);
  node.release();  // it deletes itself when it has run
  return id;
}

namespace detail {

//: 5.3 take a callback out that has not been queued yet
inline bool FutureBase::remove_callback(CallbackId id) {
  Ready* const found = waiters_.find([id](Ready& waiter) {
    const auto* callback = dynamic_cast<DoneCallbackBase*>(&waiter);
    return callback != nullptr && callback->id == id;
  });
  if (found == nullptr) return false;
  found->unlink();
  found->discard();
  --callbacks_;
  return true;
}

//: 5.4 a pending future is done at once; done or not, nobody needs to hear of a failure any more
inline bool FutureBase::cancel() {
  retrieved_ = true;
  if (done()) return false;
  complete(Status::cancelled);
  return true;
}

//: 5.5 tell the exception handler about a failure that nobody asked for
inline void FutureBase::report_unretrieved(const std::exception_ptr& exception) noexcept {
  if (retrieved_ || anchor_->loop == nullptr) return;
  try {
    anchor_->loop->call_exception_handler(
        {"the exception of a " + describe() + " was never retrieved", exception, describe()});
  } catch (...) {  // a destructor cannot let it out
    std::fprintf(stderr, "loopwright: the exception handler failed fatally in a destructor\n");
  }
}

}  // namespace detail
}  // namespace aio

#include <aio/future/ending.hpp>
