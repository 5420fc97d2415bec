#pragma once
// A block with children, from its beginning to its end: given to lesson 15.

#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <aio/coro.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/result.hpp>
#include <aio/task_group.hpp>

namespace aio {

namespace detail {

/// No text when memory has run out, since the failures count more.
inline std::runtime_error told_of_failures(std::size_t count) noexcept {
  try {
    return std::runtime_error(std::to_string(count) + (count == 1 ? " failure" : " failures") +
                              " in a task group");
  } catch (const std::bad_alloc&) {
    return std::runtime_error("");
  }
}

template <class Body>
Coro<GroupResult<Body>> run_group(TaskGroup& group, Body body) {
  using T = GroupResult<Body>;
  group.enter();
  Result<T> result;
  std::exception_ptr failure;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::invoke(body, group);
    } else {
      result.emplace(to_stored<T>(co_await std::invoke(body, group)));
    }
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group.leave(std::move(failure));
  if constexpr (!std::is_void_v<T>) co_return std::move(result).value();
}

template <class Body>
Coro<GroupResult<Body>> run_new_group(Body body) {
  TaskGroup group;
  co_return co_await run_group(group, std::move(body));
}

}  // namespace detail

template <class Body>
Coro<detail::GroupResult<Body>> task_group(Body&& body) {
  detail::require_named<Body>();
  return detail::run_new_group(std::decay_t<Body>(std::forward<Body>(body)));
}

template <class Body>
Coro<detail::GroupResult<Body>> task_group(TaskGroup& group, Body&& body) {
  detail::require_named<Body>();
  return detail::run_group(group, std::decay_t<Body>(std::forward<Body>(body)));
}

}  // namespace aio
