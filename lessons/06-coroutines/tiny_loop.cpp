// A whole event loop: tasks are coroutines, and each co_yield is a pause. tiny_loop.py in C++.

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// [task]
class Task {
 public:
  struct promise_type {
    Clock::duration pause{};  // what the task has yielded
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always yield_value(Clock::duration wanted) {
      pause = wanted;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
    std::suspend_always final_suspend() noexcept { return {}; }
  };
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Goes on until the next co_yield. Returns whether there was one.
  bool next() {
    handle_.resume();
    return !handle_.done();
  }
  Clock::duration pause() const { return handle_.promise().pause; }

 private:
  Handle handle_;
};
// [/task]

// [loop]
class Loop {
 public:
  void create_task(Task task) { ready_.push_back(std::move(task)); }

  void run() {
    while (!ready_.empty() || !sleeping_.empty()) {
      if (ready_.empty()) std::this_thread::sleep_until(sleeping_.front().deadline);
      queue_due();
      for (std::size_t left = ready_.size(); left > 0; --left) {
        Task task = std::move(ready_.front());
        ready_.pop_front();
        step(std::move(task));
      }
    }
  }

 private:
  struct Sleeper {
    Clock::time_point deadline;
    std::size_t number;
    Task task;
  };
  static bool later(const Sleeper& a, const Sleeper& b) {
    return a.deadline != b.deadline ? a.deadline > b.deadline : a.number > b.number;
  }

  void step(Task task) {
    if (!task.next()) return;  // it has ended
    const auto deadline = Clock::now() + task.pause();
    sleeping_.push_back({deadline, ++number_, std::move(task)});
    std::ranges::push_heap(sleeping_, later);
  }
  void queue_due() {
    while (!sleeping_.empty() && sleeping_.front().deadline <= Clock::now()) {
      std::ranges::pop_heap(sleeping_, later);
      ready_.push_back(std::move(sleeping_.back().task));
      sleeping_.pop_back();
    }
  }

  std::deque<Task> ready_;         // tasks that can go on now
  std::vector<Sleeper> sleeping_;  // a heap, the soonest first
  std::size_t number_ = 0;         // breaks ties between equal deadlines
};
// [/loop]

// [tasks]
Task kettle(const char* what, Clock::duration time) {
  std::printf("%s: the water is on\n", what);
  co_yield time;
  std::printf("%s: it boils\n", what);
  co_yield time;
  std::printf("%s: done\n", what);
}
// [/tasks]

}  // namespace

int main() {
  Loop loop;
  loop.create_task(kettle("tea", 300ms));
  loop.create_task(kettle("coffee", 200ms));
  loop.run();
}
