#pragma once
// A doubly linked list whose links live in the elements: no allocation, O(1) unlinking.
//
//  1. An element is in at most one list per Link base.
//  2. An element that is destroyed leaves its list; a list that is destroyed lets its elements go.

#include <utility>

namespace aio {

namespace detail {
struct Links {
  Links* next = nullptr;  // null: in no list
  Links* prev = nullptr;
};
}  // namespace detail

/// The links of an element. `Tag` tells the bases apart when an element is in two kinds of list.
template <class Tag = void>
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { unlink(); }

  bool linked() const { return links_.next != nullptr; }

  void unlink() {
    if (!linked()) return;
    links_.prev->next = links_.next;
    links_.next->prev = links_.prev;
    links_.next = nullptr;
  }

 private:
  template <class T, class U>
  friend class List;
  static Link& of(detail::Links& links) { return reinterpret_cast<Link&>(links); }
  detail::Links links_;
};

/// A FIFO of elements T, which derive from Link<Tag>.
template <class T, class Tag = void>
class List {
 public:
  List() { reset(); }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() {
    while (!empty()) pop_front();
  }

  bool empty() const { return head_.next == &head_; }

  /// REQUIRES: the element is in no list.
  void push_back(T& element) {
    detail::Links& links = static_cast<Link<Tag>&>(element).links_;
    links.prev = head_.prev;
    links.next = &head_;
    head_.prev->next = &links;
    head_.prev = &links;
  }

  /// The oldest element. REQUIRES: !empty()
  T& front() const { return element(*head_.next); }

  /// The newest element. REQUIRES: !empty()
  T& back() const { return element(*head_.prev); }

  /// Takes the oldest element out. REQUIRES: !empty()
  T& pop_front() {
    detail::Links& links = *head_.next;
    head_.next = links.next;
    links.next->prev = &head_;
    links.next = nullptr;
    return element(links);
  }

  /// Appends all elements of `other`, in order, in O(1).
  void splice(List& other) {
    if (other.empty()) return;
    head_.prev->next = other.head_.next;
    other.head_.next->prev = head_.prev;
    other.head_.prev->next = &head_;
    head_.prev = other.head_.prev;
    other.reset();
  }

  /// Calls `visit(element)` from oldest to newest; `visit` may unlink the element it is given.
  template <class Visit>
  void for_each(Visit visit) const {
    for (detail::Links* links = head_.next; links != &head_;) {
      detail::Links* next = links->next;
      visit(element(*links));
      links = next;
    }
  }

  /// The one behind `before`, or null. REQUIRES: `before` is in this list.
  T* behind(const T& before) const {
    detail::Links* const next = static_cast<const Link<Tag>&>(before).links_.next;
    return next == &head_ ? nullptr : &element(*next);
  }

  /// The oldest element for which `is_it(element)` is true; null if there is none.
  template <class IsIt>
  T* find(IsIt is_it) const {
    for (detail::Links* links = head_.next; links != &head_; links = links->next) {
      if (is_it(element(*links))) return &element(*links);
    }
    return nullptr;
  }

 private:
  static T& element(detail::Links& links) { return static_cast<T&>(Link<Tag>::of(links)); }
  void reset() { head_.next = head_.prev = &head_; }
  detail::Links head_;  // next is the oldest, prev the newest
};

}  // namespace aio
