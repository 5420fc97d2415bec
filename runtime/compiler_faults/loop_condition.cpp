// Does this compiler await in the condition of a loop what is not to be evaluated, as the second
// part of `while (more && co_await next())`? Exits with 0 when it does not.
#include <coroutine>
#include <exception>

namespace {

int awaited = 0;

struct Coro {
  struct promise_type {
    Coro get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

struct Next {
  bool await_ready() {
    ++awaited;
    return true;
  }
  void await_suspend(std::coroutine_handle<>) {}
  bool await_resume() { return false; }
};

Coro with_while(bool more) {
  while (more && co_await Next()) {
  }
}
Coro with_for(bool more) {
  for (; more && co_await Next();) {
  }
}
Coro with_do(bool more) {
  do {
  } while (more && co_await Next());
}

}  // namespace

int main() {
  with_while(false).frame.destroy();
  with_for(false).frame.destroy();
  with_do(false).frame.destroy();
  return awaited == 0 ? 0 : 1;
}
