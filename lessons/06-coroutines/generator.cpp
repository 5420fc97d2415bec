// A coroutine type written by hand: a generator of numbers.

#include <coroutine>
#include <cstdio>

namespace {

// [generator]
class Countdown {
 public:
  struct promise_type {
    int value = 0;
    Countdown get_return_object() { return Countdown(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always yield_value(int next) {
      value = next;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { throw; }
    std::suspend_always final_suspend() noexcept { return {}; }
  };
  using Handle = std::coroutine_handle<promise_type>;

  explicit Countdown(Handle handle) : handle_(handle) {}
  Countdown(const Countdown&) = delete;
  Countdown& operator=(const Countdown&) = delete;
  ~Countdown() { handle_.destroy(); }

  bool next() {
    handle_.resume();
    return !handle_.done();
  }
  int value() const { return handle_.promise().value; }

 private:
  Handle handle_;
};

Countdown countdown(int from) {
  while (from > 0) co_yield from--;
}
// [/generator]

}  // namespace

int main() {
  Countdown numbers = countdown(3);
  std::puts("nothing has run yet");
  while (numbers.next()) std::printf("%d\n", numbers.value());
}
