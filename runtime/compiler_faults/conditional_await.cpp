// Does this compiler spoil `co_await (c ? f() : g())`? Exits with 0 when it does not.
#include <coroutine>
#include <exception>
#include <utility>

namespace {

int alive = 0;

struct Task {
  struct promise_type {
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() { return {}; }
    auto final_suspend() noexcept {
      struct Back {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
          return done.promise().next ? done.promise().next : std::noop_coroutine();
        }
        void await_resume() noexcept {}
      };
      return Back{};
    }
    void return_value(int given) { value = given; }
    void unhandled_exception() { std::terminate(); }
    int value = 0;
    std::coroutine_handle<> next;
  };
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle h) : frame(h) { ++alive; }
  Task(Task&& other) noexcept : frame(std::exchange(other.frame, nullptr)) { ++alive; }
  ~Task() {
    --alive;
    if (frame) frame.destroy();
  }
  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    frame.promise().next = caller;
    return frame;
  }
  int await_resume() { return frame.promise().value; }
  Handle frame;
};

Task one() { co_return 1; }
Task two() { co_return 2; }
Task either(bool first) { co_return co_await (first ? one() : two()); }

int result_of(bool first) {
  Task task = either(first);
  task.frame.resume();
  return task.frame.done() ? task.frame.promise().value : -1;
}

}  // namespace

int main() { return result_of(true) == 1 && result_of(false) == 2 && alive == 0 ? 0 : 1; }
