#pragma once
// Threads that a program makes, sizes and shuts down, beside those that every loop has.

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <aio/threads.hpp>
#include <aio/threads/call_job.hpp>

namespace aio {

/// Threads for jobs, of any number of loops; copies share them. They start when there is work, and
/// end with shutdown(). Without it, when the last copy is gone: what runs then runs to its end.
/// Throws InvalidStateError when it was moved from.
class Executor {
 public:
  explicit Executor(ExecutorOptions options = {});

  /// What to_thread() does, on these threads. Throws InvalidStateError after shutdown().
  template <class Call, class... Args>
  auto run(Call&& call, Args&&... args) const
      -> Coro<std::invoke_result_t<std::decay_t<Call>, std::decay_t<Args>...>>;
  /// Takes nothing new, and waits until everything that was taken is done. Cancelled: it takes
  /// nothing new all the same, and may be awaited again. Throws InvalidStateError, and changes
  /// nothing, in one of its own threads (a job may run a loop): that would wait for itself.
  Coro<> shutdown() const;
  /// From now on at most so many threads. Those that are too many end when they have done their
  /// job. Throws std::invalid_argument for 0.
  void resize(std::size_t threads) const { pool().resize(threads); }
  /// How many threads there are now.
  std::size_t threads() const { return pool().alive(); }

  /// For the layers above.
  detail::JobTaker& taker() const { return pool(); }
  /// Can the loop of this thread wait for its end? Throws InvalidStateError after shutdown(), and
  /// in one of its own threads.
  void check() const;

 private:
  struct Owner;
  detail::ThreadPool& pool() const;
  void check_thread() const;
  static Coro<> shut_down(Executor self);

  std::shared_ptr<Owner> owner_;
};

/// What to_thread() uses in the running loop from now on. run() waits for the jobs of this one and
/// of those before it, and shuts them down. Throws InvalidStateError for one that was shut down,
/// and for the one whose thread this is.
void set_default_executor(Executor executor);

// Implementation

/// What the copies of an executor share; the threads do not.
struct Executor::Owner {
  explicit Owner(ExecutorOptions options)
      : pool(std::make_shared<detail::ThreadPool>(std::move(options))) {}
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() { pool->leave(); }

  const std::shared_ptr<detail::ThreadPool> pool;
};

inline Executor::Executor(ExecutorOptions options)
    : owner_(std::make_shared<Owner>(std::move(options))) {}

inline detail::ThreadPool& Executor::pool() const {
  if (owner_ == nullptr) throw InvalidStateError("this Executor is empty: it was moved from");
  return *owner_->pool;
}

inline void Executor::check() const {
  if (pool().ending()) throw InvalidStateError("this executor was shut down");
  check_thread();
}

inline void Executor::check_thread() const {
  if (!pool().has_this_thread()) return;
  throw InvalidStateError(
      "this thread is one of the executor's own: it cannot wait until they have ended; shut the "
      "executor down from another thread");
}

inline Coro<> Executor::shutdown() const {
  pool();
  return shut_down(*this);
}

inline Coro<> Executor::shut_down(Executor self) {
  self.check_thread();
  const auto last = std::make_shared<detail::LastJob>();
  const detail::JobWaiter waiter(last);
  self.pool().end(last);
  co_await waiter.done;
  self.pool().join();
}

template <class Call, class... Args>
auto Executor::run(Call&& call, Args&&... args) const
    -> Coro<std::invoke_result_t<std::decay_t<Call>, std::decay_t<Args>...>> {
  detail::require_named<Call, Args...>();
  pool();
  return detail::call_on<Executor, std::decay_t<Call>, std::decay_t<Args>...>(
      *this, std::forward<Call>(call), std::forward<Args>(args)...);
}

}  // namespace aio
