#pragma once
// What co_await accepts, and what it gives: given to lesson 07.

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/future_waiter.hpp>
#include <aio/support/copies.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/result.hpp>

namespace aio {

namespace detail {

template <class A>
concept HasMemberAwait = requires(A&& a) {
  std::forward<A>(a).operator co_await();
};
template <class A>
concept HasFreeAwait = requires(A&& a) {
  operator co_await(std::forward<A>(a));
};

template <class A>
decltype(auto) get_awaiter(A&& awaitable) {
  if constexpr (HasMemberAwait<A>) {
    return std::forward<A>(awaitable).operator co_await();
  } else if constexpr (HasFreeAwait<A>) {
    return operator co_await(std::forward<A>(awaitable));
  } else {
    return std::forward<A>(awaitable);
  }
}

template <class Self, class State>
void is_future_handle(const FutureHandle<Self, State>&);
template <class A>
struct IsCoro : std::false_type {};
template <class T>
struct IsCoro<Coro<T>> : std::true_type {};

}  // namespace detail

/// A handle of a future or task.
template <class A>
concept FutureLike = requires(const std::remove_cvref_t<A>& a) {
  detail::is_future_handle(a);
};

template <class Self, class State>
detail::AwaitResult<State, false> operator co_await(const FutureHandle<Self, State>& future) {
  return detail::AwaitResult<State, false>(future.state());
}
template <class Self, class State>
detail::AwaitResult<State, true> operator co_await(FutureHandle<Self, State>&& future) {
  return detail::AwaitResult<State, true>(future.release());
}

/// Something that `co_await` accepts as an rvalue.
template <class A>
concept Awaitable = requires(A&& a) {
  detail::get_awaiter(std::move(a)).await_ready();
  detail::get_awaiter(std::move(a)).await_resume();
};
/// What `co_await` of an rvalue A gives.
template <class A>
using AwaitResultOf =
    decltype(detail::get_awaiter(std::declval<std::remove_cvref_t<A>>()).await_resume());

namespace detail {

/// The result of a finished future for someone who passed `A` in and has one handle: moved out of
/// what was handed over, copied from what others may still want. What cannot be copied is moved.
template <class A, class State>
Result<typename State::value_type> outcome_for(State& state) {
  using T = typename State::value_type;
  if (state.cancelled()) {
    Result<T> cancelled;
    cancelled.set_exception(std::make_exception_ptr(CancelledError()));
    return cancelled;
  }
  constexpr Copies copied = copies<Stored<T>>;
  if constexpr (copied == Copies::always) {
    if (std::is_lvalue_reference_v<A> || state.wanted_by_others()) return state.result();
  } else if constexpr (copied == Copies::perhaps && std::is_lvalue_reference_v<A>) {
    return state.result();
  }
  return state.give_up();
}

/// Any awaitable as a coroutine.
template <class T>
Coro<T> to_coro(Coro<T> coro) {
  return coro;
}
template <Awaitable A>
requires(!IsCoro<A>::value) Coro<AwaitResultOf<A>> to_coro(A awaitable) {
  co_return co_await std::move(awaitable);
}

}  // namespace detail

}  // namespace aio
