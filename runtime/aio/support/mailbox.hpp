#pragma once
// Many threads put in, one takes out: a stack without locks, which its owner takes as a whole and
// turns over (Treiber, 1986). Nodes are never taken one by one, so there is no ABA problem.

#include <atomic>
#include <utility>

namespace aio {

/// Elements are linked through their member `T* next`, and owned by whoever has them in hand.
template <class T>
class Mailbox {
 public:
  /// Any thread. Returns false, and takes nothing, when the mailbox is closed.
  bool put(T& element) noexcept {
    T* newest = newest_.load(std::memory_order_relaxed);
    do {
      if (newest == closed()) return false;
      element.next = newest;
    } while (!newest_.compare_exchange_weak(newest, &element, std::memory_order_release,
                                            std::memory_order_relaxed));
    return true;
  }

  /// The owner's thread: calls `visit(element)` for everything put in so far, oldest first.
  template <class Visit>
  void take_all(Visit visit) {
    if (newest_.load(std::memory_order_relaxed) == nullptr) return;
    hand_out(newest_.exchange(nullptr, std::memory_order_acquire), visit);
  }

  /// The same, for the last time. Idempotent.
  template <class Visit>
  void close(Visit visit) {
    T* const newest = newest_.exchange(closed(), std::memory_order_acquire);
    if (newest != closed()) hand_out(newest, visit);
  }

 private:
  T* closed() const { return reinterpret_cast<T*>(const_cast<Mailbox*>(this)); }

  template <class Visit>
  static void hand_out(T* newest, Visit visit) {
    T* oldest = nullptr;
    while (newest != nullptr) {
      T* const next = std::exchange(newest->next, oldest);
      oldest = std::exchange(newest, next);
    }
    while (oldest != nullptr) visit(*std::exchange(oldest, oldest->next));
  }

  std::atomic<T*> newest_ = nullptr;
};

}  // namespace aio
