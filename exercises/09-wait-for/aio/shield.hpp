#pragma once
// Your layer of lesson 09. Check it with: ./learn check 09
// Lesson 09, shield: lets you stop waiting without stopping the work.
//
// Stands on tasks (07).
//  - Cancelling the shield, or who awaits it, does not reach the inner task.
//  - Otherwise the shield has the inner task's outcome, cancellation included.
//  - A failure that comes after the shield was cancelled is reported, once.

#include <exception>
#include <string>
#include <type_traits>
#include <utility>

#include <aio/support/nesting.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* shield = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// The future that shield() returns. `A` is the argument's type, a reference if it was an lvalue.
template <class A, class Handle>
class ShieldState final : public FutureState<typename Handle::value_type> {
  using Outer = FutureState<typename Handle::value_type>;

 public:
  ShieldState(EventLoop& loop, Handle inner)
      : Outer(loop), hook_(*this), inner_(std::move(inner)) {}
  ShieldState(const ShieldState&) = delete;
  ShieldState& operator=(const ShieldState&) = delete;
  ~ShieldState() override { Nesting::let_go(inner_.release()); }  // it may be a shield, too

  void start();
  bool cancel() override;
  std::string describe() const override { return "shield"; }

 private:
  struct Hook final : Ready {
    explicit Hook(ShieldState& shield) : owner(shield) {}
    void run() override { owner.inner_done(); }
    std::string describe() const override { return "shield"; }
    const FutureBase* for_whom() const override { return &owner; }
    ShieldState& owner;
  };
  void inner_done();

  Hook hook_;  // in the inner task's list; leaves it when the shield ends
  Handle inner_;
};

/// Reports a failure unless somebody asked for it already.
template <class Handle>
void report_late_failure(const Handle& task) {
  const auto failure = task.state().failure();
  if (failure == nullptr || task.state().retrieved()) return;
  task.state().mark_retrieved();
  task.state().loop().call_exception_handler(
      {"a shielded task failed after its shield was cancelled", failure, task.state().describe()});
}

/// Reports a failure of `task` when it comes. Many shields may be cancelled while one task runs:
/// the first one leaves a callback.
template <class Handle>
void report_failure_of(const Handle& task) noexcept {
  if (task.state().watch_for_failure()) return;
  try {
    task.add_done_callback([](const Handle& inner) { report_late_failure(inner); });
  } catch (...) {  // no memory: it is reported when the last handle goes, as any failure is
  }
}

}  // namespace detail

/// A future with the outcome of `awaitable` that can be cancelled alone. Keep a handle of the
/// inner task if you want to await it again.
template <Awaitable A>
auto shield(A&& awaitable) {
  auto inner = ensure_future(std::remove_cvref_t<A>(std::forward<A>(awaitable)));
  using Inner = decltype(inner);
  using T = typename Inner::value_type;
  Ref state(new detail::ShieldState<A, Inner>(running_loop(), std::move(inner)));
  state->start();
  return Future<T>(Ref<detail::FutureState<T>>(state));
}

// Implementation

namespace detail {

template <class A, class Handle>
void ShieldState<A, Handle>::start() {
  if (inner_.done()) return inner_done();
  inner_.state().wait(hook_);
}

//: 9.4 pass the outcome on
template <class A, class Handle>
void ShieldState<A, Handle>::inner_done() {
  AIO_TODO("9.4", "pass the outcome on");
}

//: 9.4 the shield is cancelled, the inner task is not
template <class A, class Handle>
bool ShieldState<A, Handle>::cancel() {
  AIO_TODO("9.4", "the shield is cancelled, the inner task is not");
}

}  // namespace detail
}  // namespace aio
