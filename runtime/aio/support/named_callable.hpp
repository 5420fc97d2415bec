#pragma once
// Callables that are passed to something that is awaited.
//
//   co_await aio::start_server([name](aio::Stream s) { … }, "", 80);   // refused
//
//   auto serve = [name](aio::Stream s) { … };                          // accepted
//   co_await aio::start_server(serve, "", 80);
//
// Some compilers, GCC 12 among them, destroy the captures of a lambda twice when the lambda is a
// temporary inside a co_await expression: a reference count goes wrong, or memory is freed that
// somebody still uses. They compile it without a warning. The same happens to a temporary
// aggregate. So what is awaited refuses what such a compiler would spoil: a temporary of these
// kinds that needs its destructor. A lambda that can only be moved is given a name in a
// std::move_only_function, which may be moved.

#include <string_view>
#include <type_traits>

#include <aio/support/compiler_faults.hpp>

namespace aio::detail {

/// Is it the type of a lambda, or made of one?
template <class F>
consteval bool of_lambda() {
  constexpr std::string_view type = __PRETTY_FUNCTION__;  // GCC: <lambda(…)>, Clang: (lambda at …)
  return type.find("<lambda") != type.npos || type.find("(lambda") != type.npos;
}

/// May an argument that was passed as `F&&` stand in a co_await expression? `F` is what the
/// template parameter was deduced as: a reference for what has a name.
template <class F>
inline constexpr bool survives_await =
    !compiler_faults::double_destruction || std::is_lvalue_reference_v<F> ||
    std::is_trivially_copyable_v<std::remove_cvref_t<F>> ||
    !(std::is_aggregate_v<std::remove_cvref_t<F>> || of_lambda<F>());

/// Refuses at compile time what the compiler would destroy twice. Call it first in the function
/// that takes the callable as `F&& call`, which is no coroutine itself: detail::require_named<F>();
template <class... F>
consteval void require_named() {
  static_assert((survives_await<F> && ...),
                "give this callable a name before the co_await expression, and pass the name: "
                "`auto call = [...] {...}; co_await f(call);`. This compiler destroys the captures "
                "of a temporary lambda inside co_await twice.");
}

}  // namespace aio::detail
