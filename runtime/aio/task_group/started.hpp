#pragma once
// A child that says when it is ready: given to lesson 15.

#include <exception>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

namespace aio {

class TaskGroup;

/// What TaskGroup::start() gives to a child, to be called once, when the child is ready.
template <class T = void>
class Started {
 public:
  explicit Started(Future<T> ready) : ready_(std::move(ready)) {}

  /// Ends the wait of who has started the child, if it still waits. Throws InvalidStateError the
  /// second time.
  void operator()(detail::Stored<T> value) const requires(!std::is_void_v<T>) {
    if (!ready_.cancelled()) ready_.set_result(std::move(value));
  }
  void operator()() const requires std::is_void_v<T> {
    if (!ready_.cancelled()) ready_.set_result();
  }

 private:
  Future<T> ready_;
};

namespace detail {

/// The child. Until it is ready, its failure is for who waits for that, and not for the group.
template <class T, class Body>
Coro<> run_until_ready(Future<T> ready, Body body) {
  std::exception_ptr failure;
  try {
    co_await std::invoke(body, Started<T>(ready));
  } catch (const CancelledError&) {
    ready.cancel();
    throw;
  } catch (...) {
    failure = std::current_exception();
  }
  if (ready.done() && failure != nullptr) std::rethrow_exception(failure);
  if (ready.done()) co_return;
  if (failure == nullptr) {
    failure = std::make_exception_ptr(
        InvalidStateError("start: the task has ended without saying that it was ready"));
  }
  ready.set_exception(std::move(failure));
}

template <class T, class Body, class Group>
Coro<T> start_in(Group& group, Body body, std::string name) {
  Future<T> ready;
  const Task<> child =
      group.create_task(run_until_ready<T, Body>(ready, std::move(body)), std::move(name));
  try {
    co_return co_await std::move(ready);
  } catch (const CancelledError&) {
    child.cancel();
    throw;
  }
}

}  // namespace detail
}  // namespace aio
