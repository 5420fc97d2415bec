#pragma once
// A ring buffer that grows: first in, first out, without an allocation per element.

#include <cstddef>
#include <memory>
#include <utility>

namespace aio {

template <class T>
class Ring {
 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    clear();
    if (elements_ != nullptr) std::allocator<T>().deallocate(elements_, capacity_);
  }

  std::size_t size() const { return back_ - front_; }
  void push(T&& element) {
    if (size() == capacity_) [[unlikely]]
      grow();
    std::construct_at(&at(back_), std::move(element));
    ++back_;
  }
  /// Takes the oldest out. REQUIRES: size() > 0
  T pop() {
    T& oldest = at(front_);
    T element(std::move(oldest));
    std::destroy_at(&oldest);
    ++front_;
    return element;
  }
  void clear() {
    for (; front_ != back_; ++front_) std::destroy_at(&at(front_));
  }

 private:
  T& at(std::size_t index) { return elements_[index & (capacity_ - 1)]; }

  /// Twice the room. If a move throws, everything stays where it was, as far as moves allow.
  [[gnu::noinline]] void grow() {
    const std::size_t count = size();
    Ring larger;
    larger.capacity_ = capacity_ == 0 ? 4 : 2 * capacity_;
    larger.elements_ = std::allocator<T>().allocate(larger.capacity_);
    while (larger.size() < count) {
      std::construct_at(&larger.at(larger.back_), std::move_if_noexcept(at(front_ + larger.back_)));
      ++larger.back_;
    }
    std::swap(elements_, larger.elements_);
    std::swap(capacity_, larger.capacity_);
    std::swap(front_, larger.front_);
    std::swap(back_, larger.back_);
  }

  T* elements_ = nullptr;
  std::size_t capacity_ = 0;          // 0, or a power of two
  std::size_t front_ = 0, back_ = 0;  // they only count up; at() makes a ring of them
};

}  // namespace aio
