#pragma once
// A doubly linked list whose links live in the elements: no allocation, O(1) unlinking.
//
//  1. An element is in at most one list per Link base.
//  2. An element that is destroyed leaves its list; a list that is destroyed lets its elements go.

#include <utility>

namespace aio {

/// The links of an element. `Tag` tells the bases apart when an element is in two kinds of list.
template <class Tag = void>
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { unlink(); }

  bool linked() const { return next_ != nullptr; }

  void unlink() {
    if (!linked()) return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = prev_ = nullptr;
  }

 private:
  template <class T, class U>
  friend class List;
  Link* next_ = nullptr;
  Link* prev_ = nullptr;
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
    head_.next_ = head_.prev_ = nullptr;
  }

  bool empty() const { return head_.next_ == &head_; }

  /// REQUIRES: the element is in no list.
  void push_back(T& element) {
    Link<Tag>& link = element;
    link.prev_ = head_.prev_;
    link.next_ = &head_;
    head_.prev_->next_ = &link;
    head_.prev_ = &link;
  }

  /// REQUIRES: !empty()
  T& front() { return static_cast<T&>(*head_.next_); }

  /// Takes the oldest element out. REQUIRES: !empty()
  T& pop_front() {
    Link<Tag>* link = head_.next_;
    head_.next_ = link->next_;
    link->next_->prev_ = &head_;
    link->next_ = nullptr;
    return static_cast<T&>(*link);
  }

  /// Appends all elements of `other`, in order, in O(1).
  void splice(List& other) {
    if (other.empty()) return;
    head_.prev_->next_ = other.head_.next_;
    other.head_.next_->prev_ = head_.prev_;
    other.head_.prev_->next_ = &head_;
    head_.prev_ = other.head_.prev_;
    other.reset();
  }

  /// Calls `visit(element)` from oldest to newest; `visit` may unlink the element it is given.
  template <class Visit>
  void for_each(Visit visit) const {
    for (Link<Tag>* link = head_.next_; link != &head_;) {
      Link<Tag>* next = link->next_;
      visit(static_cast<T&>(*link));
      link = next;
    }
  }

 private:
  void reset() { head_.next_ = head_.prev_ = &head_; }
  Link<Tag> head_;
};

}  // namespace aio
