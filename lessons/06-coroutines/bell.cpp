// An awaiter written by hand, and a coroutine that starts at once and belongs to nobody.

#include <coroutine>
#include <cstdio>
#include <stdexcept>

namespace {

// [detached]
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}  // whom could it tell?
  };
};
// [/detached]

// [bell]
class Bell {
 public:
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> paused) { waiting_ = paused; }
  int await_resume() { return ++rings_; }
  void ring() { waiting_.resume(); }

 private:
  std::coroutine_handle<> waiting_;
  int rings_ = 0;
};

Detached guest(Bell& bell) {
  std::puts("guest: I wait for the bell");
  const int rings = co_await bell;
  std::printf("guest: I heard it, %d\n", rings);
  throw std::runtime_error("no dinner");
}
// [/bell]

}  // namespace

int main() {
  Bell bell;
  guest(bell);
  std::puts("main: I ring");
  bell.ring();
  std::puts("main: all is well, I think");
}
