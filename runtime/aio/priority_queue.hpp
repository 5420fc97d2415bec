#pragma once
// Lesson 11, priority_queue: the smallest item is the next.
//
//  - Who waits is served as in any queue (queue.hpp): in the order of arrival.
//  - Equal items come in any order. Who needs one puts a number into the item.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include <aio/queue.hpp>

namespace aio {

namespace layers {
inline constexpr const char* priority_queue = __FILE__;  // which copy was compiled
}

namespace detail {

/// Items in a heap: each before those below it.
template <class T, class Before>
class Heap {
 public:
  explicit Heap(Before before = Before()) : before_(std::move(before)) {}
  std::size_t size() const { return items_.size(); }
  void push(T&& item);
  T pop();
  void clear() { items_.clear(); }

 private:
  /// The heap of the standard library has the largest item on top.
  auto after() {
    return [this](const T& a, const T& b) { return before_(b, a); };
  }

  std::vector<T> items_;
  Before before_;
};

}  // namespace detail

/// Smallest first, or what `Before` says comes first.
template <class T, class Before = std::less<T>>
class PriorityQueue : public detail::BasicQueue<T, detail::Heap<T, Before>> {
 public:
  /// With room for `maxsize` items; zero or less: without a limit.
  explicit PriorityQueue(long maxsize = 0, Before before = Before())
      : detail::BasicQueue<T, detail::Heap<T, Before>>(
            maxsize, detail::Heap<T, Before>(std::move(before))) {}
};

// Implementation

namespace detail {

//: 11.6 put it into the heap
template <class T, class Before>
void Heap<T, Before>::push(T&& item) {
  items_.push_back(std::move(item));
  std::push_heap(items_.begin(), items_.end(), after());
}

//: 11.6 take the smallest out of the heap
template <class T, class Before>
T Heap<T, Before>::pop() {
  std::pop_heap(items_.begin(), items_.end(), after());
  T first = std::move(items_.back());
  items_.pop_back();
  return first;
}

}  // namespace detail
}  // namespace aio
