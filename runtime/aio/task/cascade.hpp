#pragma once
// A request to cancel that leads to others, since tasks wait for each other: given to lesson 07.

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#include <aio/support/ref.hpp>

namespace aio::detail {

/// Asks tasks one inside the other, as a recursion does, but only so deep: what lies deeper is put
/// off until the outermost request returns. So the stack is enough for any chain of tasks.
template <class Task>
class Cascade {
 public:
  /// Calls task.pass_on(), at once or later in the same request. A request that comes back to a
  /// task ends the wait there: the tasks wait for each other, and nobody else would end it.
  static void ask(Task& task) {
    if (task.passing_on) [[unlikely]]
      task.leave_circle();
    if (round_ && std::exchange(task.asked, true)) [[unlikely]]
      return;
    if (depth_ >= deep && put_off(task)) return;
    const Deeper level;
    const Passing here(task);
    task.pass_on();
    if (depth_ == 1 && any_put_off_) [[unlikely]]
      ask_the_others();
  }
  /// Asks all of `tasks`, which may wait for each other: each is asked, and passes that on, once.
  template <class Tasks>
  static void ask_all(const Tasks& tasks) {
    const Round round(tasks);
    for (const auto& task : tasks) task.cancel();
  }

 private:
  static constexpr int deep = 500;
  /// At its end nobody was asked.
  template <class Tasks>
  struct Round {
    explicit Round(const Tasks& all) : tasks(all) { round_ = true; }
    Round(const Round&) = delete;
    Round& operator=(const Round&) = delete;
    ~Round() {
      round_ = false;
      for (const auto& task : tasks) task.task().asked = false;
    }
    const Tasks& tasks;
  };
  struct Deeper {
    Deeper() { ++depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --depth_; }
  };
  struct Passing {
    explicit Passing(Task& asked) : task(asked), before(std::exchange(task.passing_on, true)) {}
    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;
    ~Passing() { task.passing_on = before; }
    Task& task;
    const bool before;
  };

  using PutOff = std::vector<Ref<Task>>;
  static PutOff& put_off_tasks() {
    static thread_local PutOff tasks;
    return tasks;
  }

  /// False when there is no memory for it: then the stack has to do.
  [[gnu::cold]] static bool put_off(Task& task) noexcept {
    if (task.put_off) return true;  // they wait for each other in a circle
    try {
      put_off_tasks().emplace_back(&task);
    } catch (const std::bad_alloc&) {
      return false;
    }
    return any_put_off_ = task.put_off = true;
  }
  [[gnu::cold]] static void ask_the_others() {
    PutOff& tasks = put_off_tasks();
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const Ref<Task> task = tasks[i];
      const Passing here(*task);
      task->pass_on();
    }
    for (const Ref<Task>& task : tasks) task->put_off = false;
    any_put_off_ = false;
    PutOff().swap(tasks);
  }

  static inline constinit thread_local int depth_ = 0;
  static inline constinit thread_local bool any_put_off_ = false, round_ = false;
};

}  // namespace aio::detail
