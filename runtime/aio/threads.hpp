#pragma once
// Lesson 14, threads: work that would block the loop, done elsewhere.
//
// Stands on tasks (07) and on EventLoop::post(), through which threads hand back what they have.
//  1. A job runs once, on one of an executor's threads. Its result or exception comes back to the
//     task that awaits it, on the loop's own thread.
//  2. Who awaits may be cancelled at any time. A job that has not begun never will; one that has
//     runs to its end, and its result is dropped.
//  3. Threads start when there is work and none of them is free, up to a limit.
//  4. run() waits for the jobs that have begun. A job that outlives the loop never touches it.
//  5. Other threads reach a loop by call_soon_threadsafe(), run_coroutine_threadsafe() and what the
//     latter returns, and by nothing else.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <pthread.h>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/result.hpp>
#include <aio/task.hpp>
#include <aio/threads/door.hpp>
#include <aio/threads/executor_options.hpp>

namespace aio {

namespace layers {
inline constexpr const char* threads = __FILE__;  // which copy was compiled; the tests print it
}

/// Runs `call(args…)` on one of the loop's threads, with copies of the arguments: its result, or
/// its exception. Begins when it is awaited. Throws InvalidStateError while run() is ending, and
/// std::system_error when there is no thread to be had. Cancelled while it waits: a call that has
/// begun runs to its end, and its result is lost.
///
/// The thread has the signal mask of the loop's thread, so a handler of the program may run there.
template <class Call, class... Args>
auto to_thread(Call&& call, Args&&... args)
    -> Coro<std::invoke_result_t<std::decay_t<Call>, std::decay_t<Args>...>>;

namespace detail {

/// What a thread is to do, shared by the thread and by the task that waits for it.
class Job : public Posted {
 public:
  /// `door` leads to who waits; null: nobody does.
  explicit Job(std::shared_ptr<LoopDoor> door = nullptr) : door_(std::move(door)) {}
  virtual ~Job() = default;

  // ── on a thread ──

  /// Does it, unless nobody waits for it any more, and hands it back.
  static void carry_out(std::shared_ptr<Job> job);
  /// Goes to the loop, if that is there, and keeps itself alive on the way.
  static void hand_back(std::shared_ptr<Job> job);

  // ── on the loop ──

  void expect(Future<>& done) { done_ = &done; }
  void forget() noexcept;
  void run() override;
  void discard() noexcept override { const auto last = std::move(self_); }
  std::string describe() const override { return "a job that a thread has done"; }

 private:
  enum class State : std::uint8_t { waiting, begun, forgotten };
  virtual void work() noexcept = 0;
  bool move_on(State to);

  std::atomic<State> state_ = State::waiting;
  const std::shared_ptr<LoopDoor> door_;
  std::shared_ptr<Job> self_;  // on its way to the loop
  Future<>* done_ = nullptr;   // null: nobody waits
};

/// Whoever gets jobs done.
class JobTaker {
 public:
  virtual ~JobTaker() = default;
  /// Throws InvalidStateError when it takes nothing any more, std::system_error for want of a
  /// thread.
  virtual void add(std::shared_ptr<Job> job) = 0;
};

/// Ends with nothing to do.
class LastJob final : public Job {
 public:
  LastJob() : Job(LoopDoor::here()) {}

 private:
  void work() noexcept override {}
};

/// Threads and what they are to do. Each thread keeps it alive until it ends.
class ThreadPool final : public JobTaker, public std::enable_shared_from_this<ThreadPool> {
 public:
  explicit ThreadPool(ExecutorOptions options)
      : name_(std::move(options.name)), most_(options.most()) {}
  /// Its threads have ended. Whoever should have joined them may have failed before.
  ~ThreadPool() override {
    for (std::thread& thread : threads_) thread.detach();
  }

  void add(std::shared_ptr<Job> job) override;
  void resize(std::size_t most);
  std::size_t alive();
  bool ending();
  /// Is this thread one of its own?
  bool has_this_thread() const { return of_this_thread_ == this; }
  /// Takes nothing new. `last` is handed back when every thread has ended.
  void end(std::shared_ptr<Job> last);
  /// REQUIRES: they have ended.
  void join();
  /// What has not begun never will; what has is on its own.
  void leave();

 private:
  void start_thread();
  bool has_too_many() const { return alive_ > most_; }
  std::shared_ptr<Job> take_waiting();
  std::shared_ptr<Job> pop_waiting();

  // ── on a thread ──

  void work();
  std::shared_ptr<Job> next();
  void end_this_thread();

  static inline constinit thread_local const ThreadPool* of_this_thread_ = nullptr;
  const std::string name_;
  std::mutex mutex_;  // for the rest
  std::condition_variable more_;
  std::vector<std::thread> threads_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::size_t most_;
  std::size_t alive_ = 0, idle_ = 0;        // threads
  bool ending_ = false;                     // nothing new is taken
  std::vector<std::shared_ptr<Job>> last_;  // handed back at the end
};

}  // namespace detail

// Implementation

namespace detail {

//: 14.2 leave the state `waiting`, once: false when it was too late for that
inline bool Job::move_on(State to) {
  State expected = State::waiting;
  return state_.compare_exchange_strong(expected, to);
}

//: 14.2 nobody waits any more; if it has not begun, it never will
inline void Job::forget() noexcept {
  done_ = nullptr;
  move_on(State::forgotten);
}

//: 14.2 do it and hand it back, unless it was forgotten
inline void Job::carry_out(std::shared_ptr<Job> job) {
  if (!job->move_on(State::begun)) return;
  job->work();
  hand_back(std::move(job));
}

//: 14.2 send it to the loop, alive until it is there
inline void Job::hand_back(std::shared_ptr<Job> job) {
  Job& posted = *job;
  if (posted.door_ == nullptr) return;
  posted.self_ = std::move(job);
  if (!posted.door_->post(posted)) posted.discard();
}

//: 14.2 on the loop: whoever waits goes on
inline void Job::run() {
  const auto last = std::move(self_);
  if (done_ != nullptr && !done_->done()) done_->set_result();
}

//: 14.3 take a job, and find a thread for it
inline void ThreadPool::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  if (ending_) {
    throw InvalidStateError(
        "these threads take no new jobs: their loop is ending, or shutdown() "
        "was called");
  }
  waiting_.push_back(std::move(job));
  if (idle_ >= waiting_.size()) return more_.notify_one();
  if (alive_ < most_) start_thread();
}

/// REQUIRES: the mutex is held.
inline void ThreadPool::start_thread() {
  try {
    threads_.emplace_back([self = shared_from_this()] { self->work(); });
    ::pthread_setname_np(threads_.back().native_handle(), name_.substr(0, 15).c_str());
    ++alive_;
  } catch (...) {
    if (alive_ > 0) return;  // those that are there will do it, later
    waiting_.pop_back();
    throw;
  }
}

inline void ThreadPool::resize(std::size_t most) {
  if (most == 0) throw std::invalid_argument("an executor needs a thread");
  const std::lock_guard lock(mutex_);
  most_ = most;
  for (std::size_t wanted = waiting_.size(); wanted > 0 && alive_ < most_; --wanted) {
    start_thread();
  }
  more_.notify_all();
}

inline std::size_t ThreadPool::alive() {
  const std::lock_guard lock(mutex_);
  return alive_;
}

inline bool ThreadPool::ending() {
  const std::lock_guard lock(mutex_);
  return ending_;
}

//: 14.3 take nothing new; the last thread hands `last` back
inline void ThreadPool::end(std::shared_ptr<Job> last) {
  const std::lock_guard lock(mutex_);
  if (alive_ > 0) last_.push_back(last);
  ending_ = true;
  if (alive_ == 0) return Job::hand_back(std::move(last));
  more_.notify_all();
}

inline void ThreadPool::join() {
  std::vector<std::thread> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(threads_);
  }
  for (std::thread& thread : ended) thread.join();
}

inline void ThreadPool::leave() {
  while (take_waiting() != nullptr) {  // each ends here, without the lock
  }
  const std::lock_guard lock(mutex_);
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
  of_this_thread_ = this;
  while (std::shared_ptr<Job> job = next()) Job::carry_out(std::move(job));
}

//: 14.3 wait for a job; null: this thread is to end
inline std::shared_ptr<Job> ThreadPool::next() {
  std::unique_lock lock(mutex_);
  ++idle_;
  more_.wait(lock, [this] { return ending_ || has_too_many() || !waiting_.empty(); });
  --idle_;
  if (!has_too_many()) {
    if (std::shared_ptr<Job> job = pop_waiting()) return job;
  }
  end_this_thread();
  return nullptr;
}

/// REQUIRES: the mutex is held.
//: 14.3 one thread less; who is the last tells those who wait for the end
inline void ThreadPool::end_this_thread() {
  --alive_;
  if (!ending_) {  // nobody will join it
    const auto is_this = [](const std::thread& each) {
      return each.get_id() == std::this_thread::get_id();
    };
    const auto me = std::find_if(threads_.begin(), threads_.end(), is_this);
    me->detach();
    threads_.erase(me);
  }
  if (!waiting_.empty()) more_.notify_one();  // it may have been called for that
  if (alive_ > 0) return;
  for (std::shared_ptr<Job>& last : std::exchange(last_, {})) Job::hand_back(std::move(last));
}

}  // namespace detail

}  // namespace aio

#include <aio/threads/blocking_future.hpp>
#include <aio/threads/call_job.hpp>
#include <aio/threads/default_executor.hpp>
#include <aio/threads/executor.hpp>
#include <aio/threads/strand.hpp>
