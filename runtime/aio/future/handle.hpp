#pragma once
// The handles of futures: given to lesson 05, whose header defines what they lead to.

#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/result.hpp>

namespace aio {

/// Names one registration of a done callback, among those of its future.
enum class CallbackId : std::uint32_t {};

namespace detail {
class FutureBase;
template <class T, class Base>
class WithResult;
template <class T>
using FutureState = WithResult<T, FutureBase>;
}  // namespace detail

/// What Future and Task can be asked. `Self` is the handle, `State` what its copies share. All
/// members throw InvalidStateError on a handle that was moved from.
template <class Self, class State>
class FutureHandle {
 public:
  using value_type = typename State::value_type;

  FutureHandle() = default;
  explicit FutureHandle(Ref<State> state) : state_(std::move(state)) {}

  bool done() const { return state().done(); }
  bool cancelled() const { return state().cancelled(); }
  /// The result, or throws the exception, CancelledError, or InvalidStateError while pending.
  /// An rvalue handle moves the result out, and asking again throws InvalidStateError. If there are
  /// other handles, which may want it too, it is copied, as far as its type is known to be
  /// copyable: trivial types, strings, and containers and tuples of such.
  std::add_lvalue_reference_t<value_type> result() const& { return state().result().value(); }
  value_type result() && { return state().take(); }
  /// The exception, null when it succeeded. Throws CancelledError, or InvalidStateError while
  /// pending.
  std::exception_ptr exception() const {
    state().check_done();
    return state().failure();
  }
  /// Pending: cancels, returns true. Done: returns false; the outcome stays as it is, and counts
  /// as asked for.
  bool cancel() const { return mine("cancel").cancel(); }
  /// Calls back once, through the ready queue, after the future is done, in the order of
  /// registration. The callback takes the handle.
  template <class F>
  CallbackId add_done_callback(F callback) const;
  /// Returns false when there is no such callback, or when it is queued already. Searches from the
  /// oldest on, as asyncio does.
  bool remove_done_callback(CallbackId id) const {
    return mine("remove_done_callback").remove_callback(id);
  }

  /// Whether both share one state.
  friend bool operator==(const FutureHandle&, const FutureHandle&) = default;
  /// For the layers above. Throws InvalidStateError when empty.
  State& state() const {
    if (!state_) [[unlikely]]
      throw_empty();
    return *state_;
  }
  const Ref<State>& ref() const { return state_; }
  /// The state, for `call`, which changes it. Throws InvalidStateError when empty, and while the
  /// loop runs in another thread.
  State& mine(const char* call) const {
    State& changed = state();
    changed.check_thread(call);
    return changed;
  }
  /// Gives the state up: the handle is empty then.
  Ref<State> release() {
    state();
    return std::move(state_);
  }

 private:
  [[noreturn, gnu::cold]] static void throw_empty() {
    throw InvalidStateError("this handle is empty: it was moved from");
  }
  Ref<State> state_;
};

/// A result that somebody will deliver later. Bound to one loop, for one thread.
template <class T = void>
class Future : public FutureHandle<Future<T>, detail::FutureState<T>> {
  using Handle = FutureHandle<Future<T>, detail::FutureState<T>>;

 public:
  using Handle::Handle;
  /// A pending future of the running loop; throws InvalidStateError when none runs.
  Future() : Future(running_loop()) {}
  explicit Future(EventLoop& owner) : Handle(Ref(new detail::FutureState<T>(owner))) {}

  /// Delivers. Throws InvalidStateError when the future is done.
  void set_result(detail::Stored<T> value) const
      requires(!std::is_void_v<T> && !std::is_reference_v<T>) {
    this->mine("set_result").set_result(std::move(value));
  }
  void set_result() const requires std::is_void_v<T> { this->mine("set_result").set_result(); }
  template <class U = T>
  requires std::is_reference_v<U>
  void set_result(std::type_identity_t<U> value) const {
    this->mine("set_result").set_result(&value);
  }
  /// Fails it. Throws InvalidStateError when the future is done, std::invalid_argument for null.
  void set_exception(std::exception_ptr exception) const {
    this->mine("set_exception").set_exception(std::move(exception));
  }
  template <class E>
  requires(!std::is_convertible_v<E, std::exception_ptr>) void set_exception(E exception) const {
    set_exception(std::make_exception_ptr(std::move(exception)));
  }
};

}  // namespace aio
