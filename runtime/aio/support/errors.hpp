#pragma once
// What the runtime throws. Errors of the system are std::system_error (see syscall.hpp).

#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace aio {

/// Thrown into a task that was asked to stop. Not a std::exception, so that a handler for errors
/// cannot swallow it by accident; who writes `catch (...)` rethrows it.
struct CancelledError {};

/// Base of what leaves run() past every handler.
struct FatalError {
  virtual ~FatalError() = default;
};

/// Leaves run() when SIGINT (Ctrl-C) has ended the main task.
struct KeyboardInterrupt : FatalError {};

/// A wait took longer than its limit.
struct TimeoutError : std::runtime_error {
  TimeoutError() : std::runtime_error("the time limit of a wait has passed") {}
  using std::runtime_error::runtime_error;
};

/// Something was used in a state that does not allow it. Every error of this kind is one of these,
/// so that one handler takes them all:
///  - a future, task or timeout that is done, or has no result yet;
///  - a handle or object that is empty, e.g. because it was moved from;
///  - a loop that is closed, runs already, or belongs to another thread, or to the process that has
///    forked this one; a second loop in a thread; no loop where one has to run;
///  - a loop that was stopped before what run() waits for was done; a Runner that is closed.
///
/// It is a mistake in the program, hence a std::logic_error. Of the two classes that asyncio throws
/// here, RuntimeError and InvalidStateError, it has the second one's name. What can go wrong in a
/// right program, e.g. TimeoutError or QueueFull, is a std::runtime_error.
struct InvalidStateError : std::logic_error {
  using std::logic_error::logic_error;
};

/// On virtual time: nothing is ready, no timer is set, no descriptor and no thread that the loop
/// knows of can wake it, and somebody still waits.
struct DeadlockError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// There is nothing in the queue, and get_nowait() does not wait.
struct QueueEmpty : std::runtime_error {
  QueueEmpty() : std::runtime_error("the queue is empty") {}
};

/// There is no room in the queue, and put_nowait() does not wait.
struct QueueFull : std::runtime_error {
  QueueFull() : std::runtime_error("the queue is full") {}
};

/// The queue takes no items any more, or has none and will never have one.
struct QueueShutDown : std::runtime_error {
  QueueShutDown() : std::runtime_error("the queue was shut down") {}
};

/// A stream ended before what was asked for had come. What had come is in `partial`.
struct IncompleteReadError : std::runtime_error {
  IncompleteReadError(std::string got, std::optional<std::size_t> wanted)
      : std::runtime_error(
            "the stream ended after " + std::to_string(got.size()) + " bytes" +
            (wanted ? " of " + std::to_string(*wanted) : std::string(", before the separator"))),
        partial(std::move(got)),
        expected(wanted) {}
  std::string partial;
  std::optional<std::size_t> expected;  // nothing when a separator was looked for
};

/// A separator was not found within a stream's limit. `consumed` bytes can be read without it.
struct LimitOverrunError : std::runtime_error {
  explicit LimitOverrunError(std::size_t bytes)
      : std::runtime_error("no separator within the limit of the stream"), consumed(bytes) {}
  std::size_t consumed;
};

/// The message of an exception, for a report; takes no memory. Valid as long as `exception` is.
inline const char* what_of(const std::exception_ptr& exception) noexcept {
  if (exception == nullptr) return "no exception";
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  } catch (const CancelledError&) {
    return "CancelledError";
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

/// The same, as a string.
inline std::string message_of(const std::exception_ptr& exception) { return what_of(exception); }

namespace detail {

/// Is it an exception of type E? False for null.
template <class E>
bool holds(const std::exception_ptr& exception) noexcept {
  if (exception == nullptr) return false;
  try {
    std::rethrow_exception(exception);
  } catch (const E&) {
    return true;
  } catch (...) {
    return false;
  }
}

/// Is it a request to stop that was delivered, and no failure? False for null.
inline bool is_cancelled_error(const std::exception_ptr& exception) noexcept {
  return holds<CancelledError>(exception);
}

}  // namespace detail
}  // namespace aio
