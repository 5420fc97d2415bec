#pragma once
// Your layer of lesson 11. Check it with: ./learn check 11
// Lesson 11, priority_queue: the smallest item is the next.
//
//  - Who waits is served as in any queue (queue.hpp): in the order of arrival.
//  - Equal items come in any order. Who needs one puts a number into the item.
//  - A comparison that throws changes nothing: all of them come before the first move.

#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <aio/queue.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* priority_queue = __FILE__;  // which copy was compiled
}

namespace detail {

/// An item whose move may throw: the heap moves its address.
template <class T>
struct Boxed {
  explicit Boxed(T&& item) : address(std::make_unique<T>(std::move(item))) {}
  operator T&() const { return *address; }
  std::unique_ptr<T> address;
};

/// Items in a heap: each before those below it, which are at 2i + 1 and 2i + 2.
template <class T, class Before>
class Heap {
 public:
  explicit Heap(Before before = Before()) : before_(std::move(before)) {}
  std::size_t size() const { return items_.size(); }
  void push(T&& item);
  T pop();
  void clear() { items_.clear(); }

 private:
  using Kept = std::conditional_t<
      std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>, T, Boxed<T>>;

  static std::size_t parent_of(std::size_t child) { return (child - 1) / 2; }
  /// The child that comes first, or the end if there is none.
  std::size_t first_child(std::size_t parent) {
    const std::size_t left = 2 * parent + 1, right = left + 1;
    return right < size() && before(right, left) ? right : left;
  }
  bool before(std::size_t a, std::size_t b) { return comes_first(items_[a], items_[b]); }
  bool comes_first(const T& a, const T& b) { return before_(a, b); }

  std::vector<Kept> items_;
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

//: 11.6 find its place, then let it rise to there
template <class T, class Before>
void Heap<T, Before>::push(T&& item) {
  AIO_TODO("11.6", "find its place, then let it rise to there");
}

//: 11.6 find the place of the last one below the hole at the top, then take the first and close it
template <class T, class Before>
T Heap<T, Before>::pop() {
  AIO_TODO("11.6",
           "find the place of the last one below the hole at the top, then take the first and "
           "close it");
}

}  // namespace detail
}  // namespace aio
