#pragma once
// Your layer of lesson 15. Check it with: ./learn check 15
// Lesson 15, with: use something, and close it whatever happens.
//
// Stands on coroutines (06). A destructor cannot await, so what has to await its end, a connection
// that says goodbye, a transaction that is rolled back, has a coroutine aclose() instead.
//  6. aclose() is called once, after the body, however that ended, and has ended when with() ends.
//  7. Two errors, the body's and that of aclose(), are thrown together; neither is lost.

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <aio/coro.hpp>
#include <aio/finish_within.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/result.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* with = __FILE__;  // which copy was compiled; the tests print it
}

/// Something that is to be closed by awaiting `aclose()`, which returns a Coro<>.
template <class R>
concept Closable = requires(R& resource) {
  { resource.aclose() } -> std::same_as<Coro<>>;
};

namespace detail {
template <class Resource, class Body>
using BodyResultOf =
    typename std::invoke_result_t<std::decay_t<Body>&, std::decay_t<Resource>&>::value_type;
}  // namespace detail

/// Runs `body(resource)`, a callable that returns a Coro, then awaits `resource.aclose()`. Gives
/// the body's result, or throws its error, or that of aclose(), or an ExceptionGroup of both. If
/// one of them was cancelled and the other failed, the failure is thrown, and the request to stop
/// comes again at the next wait. Keeps resource and callable alive; of an lvalue, a reference. Name
/// a lambda with captures first.
///
/// When the task is cancelled a second time, aclose() may be stopped halfway. With `limit` nobody
/// can stop it but the time (see finish_within()).
///
///   co_await aio::with(co_await connect(host), talk);
template <class Resource, class Body>
Coro<detail::BodyResultOf<Resource, Body>> with(Resource&& resource, Body&& body,
                                                std::optional<Delay> limit = {});

// Implementation

namespace detail {

template <class R>
Coro<> close_within(std::optional<Delay> limit, R& resource) {
  if (!limit) {
    co_await resource.aclose();
  } else {
    co_await finish_within(*limit, resource.aclose());
  }
}

//: 15.5 what closing failed with, and the body perhaps: lose neither an error nor a request to stop
[[noreturn]] inline void throw_both(std::exception_ptr body, std::exception_ptr closing) {
  AIO_TODO("15.5",
           "what closing failed with, and the body perhaps: lose neither an error nor a request "
           "to stop");
}

//: 15.5 use it, and close it whatever happens
template <class R, class Body, class T>
Coro<T> run_with(R resource, Body body, std::optional<Delay> limit) {
  AIO_TODO("15.5", "use it, and close it whatever happens");
}

}  // namespace detail

template <class Resource, class Body>
Coro<detail::BodyResultOf<Resource, Body>> with(Resource&& resource, Body&& body,
                                                std::optional<Delay> limit) {
  detail::require_named<Body>();
  using R = std::conditional_t<std::is_lvalue_reference_v<Resource>, Resource, Resource&&>;
  static_assert(Closable<std::remove_reference_t<Resource>>,
                "with() needs something that has `Coro<> aclose()`");
  using Kept = std::conditional_t<std::is_lvalue_reference_v<Resource>, Resource,
                                  std::remove_cvref_t<Resource>>;
  return detail::run_with<Kept, std::decay_t<Body>, detail::BodyResultOf<Resource, Body>>(
      static_cast<R>(resource), std::decay_t<Body>(std::forward<Body>(body)), limit);
}

}  // namespace aio
