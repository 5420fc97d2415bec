#pragma once
// A task that waits for a stream, in a list of those that wait for the same.

#include <coroutine>
#include <string>

#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/task.hpp>

namespace aio::detail {

/// A task that is parked in a list until somebody wakes it.
class ParkedTask : public Waiter, public Link<> {
 public:
  explicit ParkedTask(const char* what) : what_(what) {}
  void park_in(List<ParkedTask>& list, std::coroutine_handle<> leaf);
  /// REQUIRES: parked.
  void wake();
  bool cancel() override;
  std::string what() const override { return what_; }
  /// Called when the task goes on: throws CancelledError if it was cancelled.
  void check();

 protected:
  ~ParkedTask() = default;

 private:
  const char* what_;
  TaskBase* task_ = nullptr;
  bool cancelled_ = false;
};

inline void ParkedTask::park_in(List<ParkedTask>& list, std::coroutine_handle<> leaf) {
  task_ = &TaskBase::current(what_);
  list.push_back(*this);
  task_->park(leaf, *this);
}

inline void ParkedTask::wake() {
  unlink();
  task_->home().call_soon(*task_);
}

inline bool ParkedTask::cancel() {
  if (!linked()) return false;
  cancelled_ = true;
  wake();
  return true;
}

inline void ParkedTask::check() {
  if (task_ == nullptr) return;
  task_->check_cancel();
  if (cancelled_) throw CancelledError();
}

/// Parks the current task in a list until it is woken.
class Parked final : public ParkedTask {
 public:
  /// REQUIRES: the list lives as long as the task is parked.
  Parked(const char* what, List<ParkedTask>& list) : ParkedTask(what), list_(list) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> leaf) { park_in(list_, leaf); }
  void await_resume() { check(); }

 private:
  List<ParkedTask>& list_;
};

inline void wake_all(List<ParkedTask>& tasks) {
  tasks.for_each([](ParkedTask& task) { task.wake(); });
}

}  // namespace aio::detail
