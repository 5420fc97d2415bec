#pragma once
// Your layer of lesson 11. Check it with: ./learn check 11
// Lesson 11, lifo_queue: the item that was put last is the next.
//
//  - Who waits is served as in any queue (queue.hpp): in the order of arrival.

#include <cstddef>
#include <utility>
#include <vector>

#include <aio/queue.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* lifo_queue = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// Items in a pile.
template <class T>
class Pile {
 public:
  std::size_t size() const { return items_.size(); }
  void push(T&& item) { items_.push_back(std::move(item)); }
  T pop();
  void clear() { items_.clear(); }

 private:
  std::vector<T> items_;
};

}  // namespace detail

/// Last in, first out.
template <class T>
class LifoQueue : public detail::BasicQueue<T, detail::Pile<T>> {
 public:
  using detail::BasicQueue<T, detail::Pile<T>>::BasicQueue;
};

// Implementation

namespace detail {

//: 11.6 take the item that came last
template <class T>
T Pile<T>::pop() {
  AIO_TODO("11.6", "take the item that came last");
}

}  // namespace detail
}  // namespace aio
