// Whoever opens the gate resumes those who wait, on the spot: they run in the middle of sell().

#include <coroutine>
#include <cstdio>
#include <exception>
#include <vector>

namespace {

// [gate]
class Gate {
 public:
  struct Wait {
    Gate& gate;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { gate.waiters_.push_back(waiter); }
    void await_resume() {}
  };
  Wait operator co_await() { return {*this}; }
  void open() {
    for (const auto waiter : waiters_) waiter.resume();
  }

 private:
  std::vector<std::coroutine_handle<>> waiters_;
};
// [/gate]

/// A coroutine that starts at once, and that nobody can wait for or stop.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

// [shop]
class Shop {
 public:
  void sell() {
    std::puts("sell begins");
    sale_.open();
    ++sold_;
    std::printf("sell ends, %d sold\n", sold_);
  }
  int sold() const { return sold_; }
  Gate& sale() { return sale_; }

 private:
  Gate sale_;
  int sold_ = 0;
};

Detached watch(Shop& shop) {
  co_await shop.sale();
  std::printf("  the watcher sees %d sold\n", shop.sold());
}
// [/shop]

}  // namespace

int main() {
  Shop shop;
  watch(shop);
  shop.sell();
}
