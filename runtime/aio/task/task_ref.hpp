#pragma once
// Tasks of any type: given to lesson 07.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/event_loop.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task_base.hpp>

namespace aio {

/// A task of any type, or none.
class TaskRef {
 public:
  TaskRef() = default;
  explicit TaskRef(Ref<detail::TaskBase> task) : task_(std::move(task)) {}

  explicit operator bool() const { return static_cast<bool>(task_); }
  friend bool operator==(const TaskRef&, const TaskRef&) = default;

  bool done() const { return task().done(); }
  bool cancelled() const { return task().cancelled(); }
  bool cancel() const { return mine("cancel").cancel(); }
  int cancelling() const { return task().cancelling(); }
  int uncancel() const { return mine("uncancel").uncancel(); }
  std::string_view name() const { return task().name(); }
  void set_name(std::string name) const { task().set_name(std::move(name)); }

  /// Throws InvalidStateError when there is none.
  detail::TaskBase& task() const {
    if (!task_) throw InvalidStateError("there is no task here");
    return *task_;
  }
  const Ref<detail::TaskBase>& ref() const { return task_; }

 private:
  detail::TaskBase& mine(const char* call) const {
    task().check_thread(call);
    return *task_;
  }
  Ref<detail::TaskBase> task_;
};

/// The running task; empty in a plain callback and outside a loop.
inline TaskRef current_task() { return TaskRef(Ref<detail::TaskBase>(detail::running_task)); }

/// The tasks of a loop that have not finished, oldest first.
std::vector<TaskRef> all_tasks(const EventLoop& loop = running_loop());

// Implementation

namespace detail {

/// Asks each of them to stop, once: in a chain of tasks that wait for each other a request to each
/// would go on to all the others.
inline void cancel_all(const std::vector<TaskRef>& tasks) { Cascade<TaskBase>::ask_all(tasks); }

}  // namespace detail

inline std::vector<TaskRef> all_tasks(const EventLoop& loop) {
  std::vector<TaskRef> tasks;
  loop.for_each_resident([&tasks](Resident& resident) {
    if (auto* task = dynamic_cast<detail::TaskBase*>(&resident)) tasks.emplace_back(Ref(task));
  });
  return tasks;
}

}  // namespace aio
