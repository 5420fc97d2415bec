#pragma once
// Lesson 14, threads: work that would block the loop, done elsewhere.
//
// Stands on tasks (07) and on EventLoop::post(), through which threads hand back what they have.
//  1. A job runs once, on one of the loop's threads. Its result or exception comes back to the task
//     that awaits it, on the loop's own thread.
//  2. Who awaits may be cancelled at any time. A job that has not begun never will; one that has
//     runs to its end, and its result is dropped.
//  3. Threads start when there is work and none of them is free, up to a limit.
//  4. run() waits for the jobs that have begun. A job that outlives the loop never touches it.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/result.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* threads = __FILE__;  // which copy was compiled; the tests print it
}

/// Runs `call(args…)` on one of the loop's threads, with copies of the arguments: its result, or
/// its exception. Begins when it is awaited. Throws InvalidStateError while run() is ending, and
/// std::system_error when there is no thread to be had. Cancelled while it waits: a call that has
/// begun runs to its end, and its result is lost.
///
/// The thread has the signal mask of the loop's thread, so a handler of the program may run there,
/// and a process that is started there is as easy to end as any other.
template <class Call, class... Args>
auto to_thread(Call&& call, Args&&... args)
    -> Coro<std::invoke_result_t<std::decay_t<Call>, std::decay_t<Args>...>>;

namespace detail {

/// What a thread is to do, shared by the thread and by the task that waits for it.
class Job : public Posted {
 public:
  virtual ~Job() = default;

  // ── on a thread ──

  /// Returns false when nobody waits for it any more.
  bool begin() { return move_on(State::begun); }
  virtual void work() noexcept = 0;
  /// Goes to the loop, and keeps itself alive on the way. REQUIRES: the loop exists.
  static void hand_back(std::shared_ptr<Job> job, EventLoop& loop);

  // ── on the loop ──

  void expect(Future<>& done) { done_ = &done; }
  void forget() {
    done_ = nullptr;
    move_on(State::forgotten);
  }
  void run() override;
  void discard() noexcept override { const auto last = std::move(self_); }
  std::string describe() const override { return "a job that a thread has done"; }

 private:
  enum class State : std::uint8_t { waiting, begun, forgotten };
  bool move_on(State to) {
    State expected = State::waiting;
    return state_.compare_exchange_strong(expected, to);
  }

  std::atomic<State> state_ = State::waiting;
  std::shared_ptr<Job> self_;  // on its way to the loop
  Future<>* done_ = nullptr;   // null: nobody waits
};

/// A job that calls a function, and keeps what it leaves behind.
template <class Call, class... Args>
class CallJob final : public Job {
 public:
  using R = std::invoke_result_t<Call, Args...>;
  CallJob(Call call, Args... args) : call_(std::move(call)), args_(std::move(args)...) {}
  void work() noexcept override;

  Result<R> result;

 private:
  Call call_;
  std::tuple<Args...> args_;
};

/// Waits for a job, on the loop; when it goes, the job is forgotten.
class JobWaiter {
 public:
  explicit JobWaiter(std::shared_ptr<Job> job)
      : expected_(running_loop().expect_wakeup()), job_(std::move(job)) {
    job_->expect(done);
  }
  JobWaiter(const JobWaiter&) = delete;
  JobWaiter& operator=(const JobWaiter&) = delete;
  ~JobWaiter() { job_->forget(); }

  Future<> done;

 private:
  ExpectedWakeup expected_;
  std::shared_ptr<Job> job_;
};

/// The threads of a loop and what they are to do. Each thread keeps it alive until it ends.
class ThreadPool : public std::enable_shared_from_this<ThreadPool> {
 public:
  explicit ThreadPool(EventLoop& loop) : loop_(&loop) {}

  // ── on the loop ──

  void add(std::shared_ptr<Job> job);
  /// Takes nothing new. `last` is handed back when every thread has ended.
  void end(std::shared_ptr<Job> last);
  void join();
  /// The loop is being closed: whatever is still at work is on its own.
  void leave();

 private:
  static std::size_t most() { return std::min(32U, std::thread::hardware_concurrency() + 4); }
  void start_thread();
  std::shared_ptr<Job> take_waiting();
  std::shared_ptr<Job> pop_waiting();

  // ── on a thread ──

  void work();
  std::shared_ptr<Job> next();
  void hand_back(std::shared_ptr<Job> job);

  std::vector<std::thread> threads_;  // the loop's
  std::mutex mutex_;                  // for the rest
  std::condition_variable more_;
  EventLoop* loop_;  // null: it is closed
  std::deque<std::shared_ptr<Job>> waiting_;
  std::size_t alive_ = 0, idle_ = 0;  // threads
  bool ending_ = false;               // nothing new is taken
  std::shared_ptr<Job> last_;         // handed back at the end, if the loop is there
};

/// Ends with nothing to do.
class LastJob final : public Job {
  void work() noexcept override {}
};

/// The thread pool of a loop, made when it is first used.
class Executor final : public Service {
 public:
  explicit Executor(EventLoop& loop) : pool_(std::make_shared<ThreadPool>(loop)) {}
  ~Executor() override { pool_->leave(); }
  void add(std::shared_ptr<Job> job) { pool_->add(std::move(job)); }
  Coro<> end() override;
  std::string describe() const override { return "jobs of to_thread()"; }

 private:
  std::shared_ptr<ThreadPool> pool_;
};

}  // namespace detail

// Implementation

namespace detail {

inline void Job::hand_back(std::shared_ptr<Job> job, EventLoop& loop) {
  Job& posted = *job;
  posted.self_ = std::move(job);
  if (!loop.post(posted)) posted.discard();
}

inline void Job::run() {
  const auto last = std::move(self_);
  if (done_ != nullptr && !done_->done()) done_->set_result();
}

template <class Call, class... Args>
void CallJob<Call, Args...>::work() noexcept {
  try {
    if constexpr (std::is_void_v<R>) {
      std::apply(std::move(call_), std::move(args_));
      result.emplace();
    } else if constexpr (std::is_reference_v<R>) {
      result.emplace(&std::apply(std::move(call_), std::move(args_)));
    } else {
      result.emplace(std::apply(std::move(call_), std::move(args_)));
    }
  } catch (...) {
    result.set_exception(std::current_exception());
  }
}

inline void ThreadPool::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  if (ending_) {
    throw InvalidStateError("to_thread: this loop is ending, and takes no new work for threads");
  }
  waiting_.push_back(std::move(job));
  if (idle_ >= waiting_.size()) return more_.notify_one();
  if (alive_ < most()) start_thread();
}

/// REQUIRES: the mutex is held.
inline void ThreadPool::start_thread() {
  try {
    threads_.emplace_back([self = shared_from_this()] { self->work(); });
    ++alive_;
  } catch (...) {
    if (alive_ > 0) return;  // those that are there will do it, later
    waiting_.pop_back();
    throw;
  }
}

inline void ThreadPool::end(std::shared_ptr<Job> last) {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  last_ = std::move(last);
  if (alive_ == 0) Job::hand_back(last_, *loop_);
  more_.notify_all();
}

inline void ThreadPool::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

inline void ThreadPool::leave() {
  while (take_waiting() != nullptr) {  // each ends here, without the lock
  }
  const std::lock_guard lock(mutex_);
  loop_ = nullptr;
  ending_ = true;
  more_.notify_all();
  for (std::thread& thread : threads_) thread.detach();
  threads_.clear();
}

inline std::shared_ptr<Job> ThreadPool::take_waiting() {
  const std::lock_guard lock(mutex_);
  return pop_waiting();
}

/// REQUIRES: the mutex is held.
inline std::shared_ptr<Job> ThreadPool::pop_waiting() {
  if (waiting_.empty()) return nullptr;
  std::shared_ptr<Job> job = std::move(waiting_.front());
  waiting_.pop_front();
  return job;
}

inline void ThreadPool::work() {
  while (std::shared_ptr<Job> job = next()) {
    if (!job->begin()) continue;
    job->work();
    const std::lock_guard lock(mutex_);
    if (loop_ != nullptr) Job::hand_back(std::move(job), *loop_);
  }
}

/// What to do next; null: to end.
inline std::shared_ptr<Job> ThreadPool::next() {
  std::unique_lock lock(mutex_);
  ++idle_;
  more_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
  --idle_;
  if (std::shared_ptr<Job> job = pop_waiting()) return job;
  if (--alive_ == 0 && loop_ != nullptr) Job::hand_back(last_, *loop_);
  return nullptr;
}

inline Coro<> Executor::end() {
  const auto last = std::make_shared<LastJob>();
  const JobWaiter waiter(last);
  pool_->end(last);
  co_await waiter.done;
  pool_->join();
}

/// Everything by value: the coroutine may begin when the caller's arguments are gone.
template <class Call, class... Args>
Coro<std::invoke_result_t<Call, Args...>> call_on_thread(Call call, Args... args) {
  const auto job = std::make_shared<CallJob<Call, Args...>>(std::move(call), std::move(args)...);
  const JobWaiter waiter(job);
  running_loop().attachment<Executor>().add(job);
  co_await waiter.done;
  co_return std::move(job->result).value();
}

}  // namespace detail

template <class Call, class... Args>
auto to_thread(Call&& call, Args&&... args)
    -> Coro<std::invoke_result_t<std::decay_t<Call>, std::decay_t<Args>...>> {
  detail::require_named<Call, Args...>();
  return detail::call_on_thread<std::decay_t<Call>, std::decay_t<Args>...>(
      std::forward<Call>(call), std::forward<Args>(args)...);
}

}  // namespace aio
