#pragma once
// Lesson 08, gather: one future for the results of many.
//
// Stands on tasks (07). wait.hpp and as_completed.hpp are the other two ways to wait for many.
//  1. Coroutines become tasks, which start in the order of the arguments.
//  2. Results come in the order of the arguments, whoever finishes first.
//  3. The first failure is delivered at once. The others run on; nobody cancels them, and a later
//     failure counts as seen.
//  4. With return_exceptions no child's failure is thrown: it waits for all, and each entry is a
//     Result.
//  5. Cancelling the gather asks every child that is not done. It ends with the first child that
//     was stopped, or, with return_exceptions, when all have ended.

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <aio/as_completed.hpp>
#include <aio/support/copies.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

namespace aio {

namespace layers {
inline constexpr const char* gather = __FILE__;  // which copy was compiled; the tests print it
}

/// Makes gather() deliver exceptions as results: `gather(return_exceptions, a(), b())`.
struct ReturnExceptions {};
inline constexpr ReturnExceptions return_exceptions{};

namespace detail {

/// Tells a gather that one of its children is done.
class ChildHook final : public Ready {
 public:
  void attach(class GatherCore& gather, FutureBase& child) {
    gather_ = &gather;
    child_ = &child;
  }
  FutureBase& child() const { return *child_; }
  void run() override;
  std::string describe() const override { return "gather"; }
  const FutureBase* for_whom() const override;

 private:
  GatherCore* gather_ = nullptr;
  FutureBase* child_ = nullptr;  // the gather holds a handle of it
};

/// The counting in a gather, free of types.
class GatherCore : public Resident {
 public:
  std::string describe() const override;

 protected:
  explicit GatherCore(bool keep_failures) : keep_failures_(keep_failures) {}
  ~GatherCore() = default;

  /// Watches the children; those that are done already count at once.
  void watch(const std::vector<FutureBase*>& children);
  void child_done(FutureBase& child);
  void child_failed(FutureBase& child);
  bool cancel_children();
  /// The outcome when all are done and none of them has decided it.
  void finish() { cancel_requested_ ? fail(std::make_exception_ptr(CancelledError())) : succeed(); }

  virtual bool outer_done() const = 0;
  virtual void succeed() = 0;
  virtual void fail(std::exception_ptr failure) = 0;
  /// The outcome is decided: hears of no more children, and no longer keeps itself alive.
  virtual void let_go() noexcept = 0;
  /// What the children do from now on was seen. Returns false when that was so before.
  bool stop_watching() noexcept;

 private:
  friend class ChildHook;
  std::unique_ptr<ChildHook[]> hooks_;
  std::size_t count_ = 0;
  std::size_t pending_ = 0;
  const bool keep_failures_;
  bool cancel_requested_ = false;
  bool watching_ = true;
};

/// The future that gather() returns. `Children` holds the handles and makes R of them.
template <class R, class Children>
class GatherState final : public FutureState<R>, public GatherCore {
 public:
  GatherState(EventLoop& loop, Children children, bool keep_failures)
      : FutureState<R>(loop), GatherCore(keep_failures), children_(std::move(children)) {}

  void start() {
    const std::vector<FutureBase*> children = children_.all();
    this->add_refs(1);  // alive until the outcome is decided, whoever drops the handle
    this->home().admit(*this);
    try {
      watch(children);
    } catch (...) {  // no memory for the hooks
      let_go();
      throw;
    }
  }
  bool cancel() override { return !this->done() && cancel_children(); }
  std::string describe() const override { return GatherCore::describe(); }
  void evict() noexcept override {
    if (!this->done()) this->abandon();
    let_go();
  }

 private:
  bool outer_done() const override { return this->done(); }
  void succeed() override;
  void fail(std::exception_ptr failure) override { this->set_exception(std::move(failure)); }
  void let_go() noexcept override {
    if (!stop_watching()) return;
    const auto last = Ref<GatherState>::adopt(this);
    Resident::unlink();
  }

  Children children_;
};

/// What one child adds to the results.
template <class T>
using Gathered = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// The value of a child that succeeded, for someone who passed `A` in and has one handle: see
/// outcome_for().
template <class A, class State>
Gathered<typename State::value_type> value_for(State& state) {
  using T = typename State::value_type;
  if constexpr (std::is_void_v<T>) {
    state.result().value();
    return {};
  } else if constexpr (std::is_lvalue_reference_v<A> && copies<Stored<T>> != Copies::never) {
    return state.result().value();
  } else {
    return state.take();
  }
}

/// The children of gather(a, b, …). `Args` are the argument types, references kept.
template <bool keep_failures, class... Args>
class ChildTuple {
  template <class A>
  using Handle = decltype(ensure_future(std::declval<std::remove_cvref_t<A>>()));
  template <class A>
  using ValueOf = typename Handle<A>::value_type;

 public:
  using Results = std::conditional_t<keep_failures, std::tuple<Result<ValueOf<Args>>...>,
                                     std::tuple<Gathered<ValueOf<Args>>...>>;

  explicit ChildTuple(Args&&... args)
      : handles_{ensure_future(std::remove_cvref_t<Args>(std::forward<Args>(args)))...} {}

  std::vector<FutureBase*> all() const {
    return std::apply(
        [](const auto&... handle) { return std::vector<FutureBase*>{&handle.state()...}; },
        handles_);
  }
  Results results() const {
    return std::apply([](const auto&... handle) { return Results{one<Args>(handle)...}; },
                      handles_);
  }

 private:
  template <class A, class H>
  static auto one(const H& handle)
      -> std::conditional_t<keep_failures, Result<ValueOf<A>>, Gathered<ValueOf<A>>> {
    if constexpr (keep_failures) {
      return outcome_for<A>(handle.state());
    } else {
      return value_for<A>(handle.state());
    }
  }
  std::tuple<Handle<Args>...> handles_;
};

/// The children of gather(vector).
template <bool keep_failures, class A>
class ChildVector {
  using Handle = decltype(ensure_future(std::declval<A>()));
  using T = typename Handle::value_type;
  using Passed = std::conditional_t<FutureLike<A>, const A&, A>;  // others may hold these handles
  using Element = std::conditional_t<
      keep_failures, Result<T>,
      std::conditional_t<std::is_reference_v<T>, std::reference_wrapper<std::remove_reference_t<T>>,
                         Gathered<T>>>;

 public:
  using Results = std::vector<Element>;

  explicit ChildVector(std::vector<A> children) {
    handles_.reserve(children.size());
    for (A& child : children) handles_.push_back(ensure_future(std::move(child)));
  }
  std::vector<FutureBase*> all() const {
    std::vector<FutureBase*> all;
    all.reserve(handles_.size());
    for (const Handle& handle : handles_) all.push_back(&handle.state());
    return all;
  }
  Results results() const {
    Results results;
    results.reserve(handles_.size());
    for (const Handle& handle : handles_) {
      if constexpr (keep_failures) {
        results.push_back(outcome_for<Passed>(handle.state()));
      } else {
        results.push_back(value_for<Passed>(handle.state()));
      }
    }
    return results;
  }

 private:
  std::vector<Handle> handles_;
};

template <bool keep_failures, class Children>
auto gather_children(Children children) {
  using R = typename Children::Results;
  using State = GatherState<R, Children>;
  Ref<State> state(new State(running_loop(), std::move(children), keep_failures));
  state->start();
  return Future<R>(Ref<FutureState<R>>(state));
}

}  // namespace detail

/// A future of all results as a tuple; void gives std::monostate. What you pass as an lvalue keeps
/// its result (it is copied); what you hand over gives it up.
template <Awaitable... A>
auto gather(A&&... awaitables) {
  return detail::gather_children<false>(
      detail::ChildTuple<false, A...>(std::forward<A>(awaitables)...));
}
/// The same, with a Result for each child: its value, or its exception (CancelledError included).
template <Awaitable... A>
auto gather(ReturnExceptions, A&&... awaitables) {
  return detail::gather_children<true>(
      detail::ChildTuple<true, A...>(std::forward<A>(awaitables)...));
}
/// A future of all results as a vector.
template <Awaitable A>
auto gather(std::vector<A> awaitables) {
  return detail::gather_children<false>(detail::ChildVector<false, A>(std::move(awaitables)));
}
template <Awaitable A>
auto gather(ReturnExceptions, std::vector<A> awaitables) {
  return detail::gather_children<true>(detail::ChildVector<true, A>(std::move(awaitables)));
}

// Implementation

namespace detail {

inline void ChildHook::run() { gather_->child_done(*child_); }

inline const FutureBase* ChildHook::for_whom() const {
  return dynamic_cast<const FutureBase*>(gather_);
}

//: 8.1 hook yourself to every child, and count those that are done already
inline void GatherCore::watch(const std::vector<FutureBase*>& children) {
  count_ = pending_ = children.size();
  hooks_ = std::make_unique<ChildHook[]>(count_);
  for (std::size_t i = 0; i < count_; ++i) hooks_[i].attach(*this, *children[i]);
  if (count_ == 0) {
    succeed();
    return let_go();
  }
  for (std::size_t i = 0; i < count_ && watching_; ++i) {
    if (children[i]->done()) {
      child_done(*children[i]);
    } else {
      children[i]->wait(hooks_[i]);
    }
  }
}

//: 8.1 count; the last one ends the gather
inline void GatherCore::child_done(FutureBase& child) {
  const bool last = --pending_ == 0, failed = child.cancelled() || child.failed();
  if (failed) child_failed(child);
  if (last && !outer_done()) finish();
  if ((last || failed) && outer_done()) let_go();
}

//: 8.2 note that its failure was seen; the first one is the outcome
inline void GatherCore::child_failed(FutureBase& child) {
  child.mark_retrieved();
  if (keep_failures_ || outer_done()) return;
  fail(child.cancelled() ? std::make_exception_ptr(CancelledError()) : child.failure());
}

//: 8.3 ask every child to stop, and remember if any will
inline bool GatherCore::cancel_children() {
  bool any = false;
  for (std::size_t i = 0; i < count_; ++i) any |= hooks_[i].child().cancel();
  if (any) cancel_requested_ = true;
  return any;
}

inline bool GatherCore::stop_watching() noexcept {
  if (!std::exchange(watching_, false)) return false;
  if (pending_ == 0 || hooks_ == nullptr) return true;
  for (std::size_t i = 0; i < count_; ++i) {
    hooks_[i].unlink();
    hooks_[i].child().mark_retrieved();
  }
  return true;
}

inline std::string GatherCore::describe() const {
  return "gather of " + std::to_string(count_) + ", " + std::to_string(pending_) + " not done";
}

template <class R, class Children>
void GatherState<R, Children>::succeed() {
  try {
    this->set_result(children_.results());
  } catch (...) {  // copying a result failed
    this->set_exception(std::current_exception());
  }
}

}  // namespace detail
}  // namespace aio
