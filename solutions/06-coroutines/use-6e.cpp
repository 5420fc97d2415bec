// use-6e: a coroutine type from nothing.

#include <coroutine>
#include <exception>
#include <memory>
#include <utility>

#include "sequence.hpp"

namespace {

//: use-6e now
/// Owns a coroutine that yields numbers.
class Generator final : public Sequence {
 public:
  struct promise_type {
    int value = 0;
    std::exception_ptr error;

    Generator get_return_object() { return Generator(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always yield_value(int next) {
      value = next;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
    std::suspend_always final_suspend() noexcept { return {}; }
  };
  using Handle = std::coroutine_handle<promise_type>;

  explicit Generator(Handle handle) : handle_(handle) {}
  Generator(Generator&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Generator& operator=(Generator&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Generator() override {
    if (handle_) handle_.destroy();
  }

  bool next() override {
    if (handle_.done()) return false;
    handle_.resume();
    if (auto error = std::exchange(handle_.promise().error, nullptr)) {
      std::rethrow_exception(std::move(error));
    }
    return !handle_.done();
  }
  int value() const override { return handle_.promise().value; }

 private:
  Handle handle_;
};

Generator count_to(int last, [[maybe_unused]] Name name, Made made) {
  for (int number = 1; number <= last; ++number) {
    made(number);
    co_yield number;
  }
}
//: use-6e was
// // Write a class with a promise_type here, and a coroutine that returns it.
//: use-6e end

}  // namespace

//: use-6e make the coroutine, and hand out its owner
std::unique_ptr<Sequence> numbers(int last, Name name, Made made) {
  return std::make_unique<Generator>(count_to(last, std::move(name), made));
}
