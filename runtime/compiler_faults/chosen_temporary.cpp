// Does this compiler destroy twice what `?:` makes inside a co_await expression, as the string of
// `co_await use(c ? "x" : y)`? Exits with 0 when it does not.
#include <coroutine>
#include <exception>

namespace {

int alive = 0;
struct Text {
  explicit(false) Text(const char*) { ++alive; }
  Text(const Text&) { ++alive; }
  Text(Text&&) noexcept { ++alive; }
  ~Text() { --alive; }
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

std::suspend_never use(const Text&) { return {}; }

Coro choose(bool first, const Text& other) { co_await use(first ? "first" : other); }

}  // namespace

int main() {
  const Text other("other");
  choose(true, other).frame.destroy();
  choose(false, other).frame.destroy();
  return alive == 1 ? 0 : 1;
}
