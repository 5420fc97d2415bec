// How much stack do awaits need? A coroutine type that resumes by calls, and aio::Coro.

#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>

namespace {

// [by_call]
class ByCall {
 public:
  struct promise_type {
    std::coroutine_handle<> continuation;
    ByCall get_return_object() { return ByCall(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() { return {}; }
    struct GoBack {
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> finished) noexcept {
        if (auto awaiting = finished.promise().continuation) awaiting.resume();
      }
      void await_resume() noexcept {}
    };
    GoBack final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  using Handle = std::coroutine_handle<promise_type>;

  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) {
    handle_.promise().continuation = awaiting;
    handle_.resume();
  }
  void await_resume() {}
  // [/by_call]

  explicit ByCall(Handle handle) : handle_(handle) {}
  ByCall(ByCall&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ByCall& operator=(ByCall&&) = delete;
  ~ByCall() {
    if (handle_) handle_.destroy();
  }
  void start() { handle_.resume(); }

 private:
  Handle handle_;
};

std::uintptr_t deepest = 0;

[[gnu::noinline]] std::uintptr_t here() {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}
void note() {
  if (const auto now = here(); now < deepest) deepest = now;
}

// [loops]
ByCall step_by_call() {
  note();
  co_return;
}
ByCall loop_by_call(int times) {
  for (int i = 0; i < times; ++i) co_await step_by_call();
}

aio::Coro<> step() {
  note();
  co_return;
}
aio::Coro<> loop(int times) {
  for (int i = 0; i < times; ++i) co_await step();
}
// [/loops]

template <class Run>
unsigned long used_by(Run run) {
  const auto start = deepest = here();
  run();
  return static_cast<unsigned long>(start - deepest);
}

}  // namespace

int main() {
  std::puts("awaits   by calls   by transfer");
  for (const int times : {1, 10, 100, 1'000}) {
    const auto by_call = used_by([times] { loop_by_call(times).start(); });
    const auto by_transfer = used_by([times] { aio::run(loop(times)); });
    std::printf("%6d %7lu B %11lu B\n", times, by_call, by_transfer);
  }
}
