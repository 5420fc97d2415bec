#pragma once
// All or nothing, on any connection that has begin(), commit(), rollback() and in_transaction().

#include <functional>
#include <type_traits>
#include <utility>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/with.hpp>

namespace clients {

namespace detail {

/// Rolls back what was not committed.
template <class C>
struct OpenTransaction {
  explicit OpenTransaction(C& its_connection) : connection(its_connection) {}
  aio::Coro<> aclose() {
    if (connection.in_transaction()) co_await connection.rollback();
  }
  C& connection;
};

template <class C, class Body, class T>
aio::Coro<T> run_transaction(C& connection, Body body, aio::Delay limit) {
  const auto work = [&body](OpenTransaction<C>& open) -> aio::Coro<T> {
    co_await open.connection.begin();
    if constexpr (std::is_void_v<T>) {
      co_await std::invoke(body);
      co_await open.connection.commit();
    } else {
      T result = co_await std::invoke(body);
      co_await open.connection.commit();
      co_return result;
    }
  };
  OpenTransaction<C> open(connection);
  co_return co_await aio::with(open, work, limit);
}

}  // namespace detail

/// Runs `body`, a callable that returns a Coro, in a transaction: commits when it has ended well,
/// and rolls back when it throws or is cancelled, which nobody can stop for `limit`. Gives the
/// body's result. When the connection is lost while it commits, nobody knows what the server did.
/// Name a lambda with captures first.
template <class C, class Body>
auto transaction(C& connection, Body&& body, aio::Delay limit = std::chrono::seconds(10))
    -> std::invoke_result_t<std::decay_t<Body>&> {
  aio::detail::require_named<Body>();
  using T = typename std::invoke_result_t<std::decay_t<Body>&>::value_type;
  return detail::run_transaction<C, std::decay_t<Body>, T>(
      connection, std::decay_t<Body>(std::forward<Body>(body)), limit);
}

}  // namespace clients
