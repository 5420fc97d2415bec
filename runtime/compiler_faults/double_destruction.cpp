// Does this compiler destroy a temporary twice that stands in a co_await expression? Exits with 0
// when it does not.
#include <coroutine>
#include <exception>
#include <utility>

namespace {

int alive = 0;
struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  ~Counted() { --alive; }
};
struct Aggregate {
  Counted part;
};

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

template <class T>
std::suspend_never use(T) {
  return {};
}

Coro lambda(const Counted& captured) {
  co_await use([captured] { (void)captured; });
}
Coro aggregate() { co_await use(Aggregate{Counted()}); }

}  // namespace

int main() {
  {
    const Counted one;
    lambda(one).frame.destroy();
    if (alive != 1) return 1;
  }
  aggregate().frame.destroy();
  return alive == 0 ? 0 : 1;
}
