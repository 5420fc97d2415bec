// What the compiler makes of a small coroutine, written by hand, beside the coroutine itself.

#include <coroutine>
#include <cstdio>
#include <exception>

namespace {

// [coroutine]
struct Pauses {  // the smallest coroutine type: it gives out a handle, and the caller does the rest
  struct promise_type {
    Pauses get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Pauses greet(const char* name) {
  const int length = std::printf("hello, %s\n", name);
  co_await std::suspend_always{};
  std::printf("%d characters\n", length - 1);
}
// [/coroutine]

// [by_hand]
struct GreetFrame {
  const char* name;  // the parameter, copied
  int length = 0;    // a local that is used on both sides of the pause
  int place = 0;     // where to go on

  bool done() const { return place == 2; }
  void resume() {
    switch (place) {
      case 0:
        length = std::printf("hello, %s\n", name);
        place = 1;  // co_await: note the place, and leave
        return;
      case 1:
        std::printf("%d characters\n", length - 1);
        place = 2;  // the final pause: the frame stays, and only destroy() is left
        return;
    }
  }
};

GreetFrame* greet_by_hand(const char* name) { return new GreetFrame{name}; }
// [/by_hand]

}  // namespace

int main() {
  const auto handle = greet("ann").handle;
  GreetFrame* const frame = greet_by_hand("bob");
  std::puts("both are called, neither has begun");
  handle.resume();
  frame->resume();
  std::puts("both pause");
  handle.resume();
  frame->resume();
  std::printf("done: %d and %d\n", int(handle.done()), int(frame->done()));
  handle.destroy();
  delete frame;
}
