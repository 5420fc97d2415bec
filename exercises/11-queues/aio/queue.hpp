#pragma once
// Your layer of lesson 11. Check it with: ./learn check 11
// Lesson 11, queue: items on their way from some tasks to others.
//
// Stands on the wait queue (10): one for those who want an item, one for those who have one and
// find no room.
//  1. Items leave in the order of the queue, each to one getter. Waiting moves no item: it stays
//     in the queue, or with who puts it, until that task goes on.
//  2. Never more getters are woken than there are items, never more putters than there is room. Who
//     awaits never takes what a woken task was woken for.
//  3. Only put_nowait() and get_nowait() may overtake. Who was woken and finds nothing then waits
//     again, at the back.
//  4. Who is cancelled after being woken takes nothing and puts nothing, and the next is woken.
//  5. It must outlive those who use it, except those in join(). Who still waits when it goes can
//     only be cancelled. Who was woken for something, and finds it gone with the queue, gets
//     QueueShutDown.

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include <aio/support/errors.hpp>
#include <aio/support/ring.hpp>
#include <aio/wait_queue.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* queue = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// What queues of all orders have in common. A `Store` holds the items and decides which is next:
/// push(T&&), T pop(), size(), clear().
template <class T, class Store>
class BasicQueue {
  class Putting;
  class Getting;
  class Joining;

 public:
  using value_type = T;
  class Put;
  using Get = Await<Getting, BasicQueue>;
  using Join = Await<Joining, BasicQueue>;

  /// With room for `maxsize` items; zero or less: without a limit.
  explicit BasicQueue(long maxsize = 0) : limit_(limit_for(maxsize)) {}
  BasicQueue(const BasicQueue&) = delete;
  BasicQueue& operator=(const BasicQueue&) = delete;

  /// How many items are in it; those that a woken task will take count too.
  std::size_t size() const { return store_.size(); }
  bool empty() const { return size() == 0; }
  bool full() const { return size() >= limit_; }
  /// 0: without a limit.
  std::size_t maxsize() const { return limit_ == unlimited ? 0 : limit_; }

  /// Waits for room, and adds the item. Throws QueueShutDown. If it throws, the item was not added,
  /// and goes with the awaitable.
  Put put(T item) { return Put(*this, std::move(item)); }
  /// Waits for an item, and takes it. Throws QueueShutDown when there will be none.
  Get get() { return Get(*this); }
  /// Adds the item now. Throws QueueFull, or QueueShutDown.
  void put_nowait(T item);
  /// Takes an item now. Throws QueueEmpty, or QueueShutDown when there will be none.
  T get_nowait();

  /// One of the items that were taken is done with. Throws InvalidStateError when it is called more
  /// often than items were put.
  void task_done();
  /// Waits until task_done() was called for every item that was put.
  Join join() { return Join(*this); }

  /// From now on nothing can be put, and get() throws when the queue is empty, instead of waiting.
  /// `immediate` drops the items that are left, and counts them as done.
  void shutdown(bool immediate = false);

 protected:
  BasicQueue(long maxsize, Store&& store) : store_(std::move(store)), limit_(limit_for(maxsize)) {}

 private:
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  static std::size_t limit_for(long maxsize) {
    return maxsize > 0 ? static_cast<std::size_t>(maxsize) : unlimited;
  }
  std::size_t room() const { return limit_ - size(); }
  bool has_item() const;
  bool has_room() const;
  void add(T&& item);
  T take();
  void wake_getters() noexcept;
  void wake_putters() noexcept;
  void pass_on() noexcept;
  void check_thread(const char* call) const {
    getters_.check_thread(call);
    putters_.check_thread(call);
    joiners_.check_thread(call);
  }
  template <class Serve>
  static auto in_turn(Turn& turn, BasicQueue& queue, Serve serve);
  void count_done(std::size_t items);
  [[noreturn]] void refuse_get() const;
  [[noreturn]] void refuse_put() const;

  Store store_;
  std::size_t limit_;
  std::size_t unfinished_ = 0;  // items that were put and are not done
  bool shut_down_ = false;
  WaitQueue getters_, putters_, joiners_;
};

}  // namespace detail

/// First in, first out.
template <class T>
class Queue : public detail::BasicQueue<T, Ring<T>> {
 public:
  using detail::BasicQueue<T, Ring<T>>::BasicQueue;
};

// Implementation

namespace detail {

//: 11.1 is there an item that no woken getter was woken for?
template <class T, class Store>
bool BasicQueue<T, Store>::has_item() const {
  AIO_TODO("11.1", "is there an item that no woken getter was woken for?");
}

//: 11.1 keep the item, count it, and wake a getter
template <class T, class Store>
void BasicQueue<T, Store>::add(T&& item) {
  AIO_TODO("11.1", "keep the item, count it, and wake a getter");
}

//: 11.1 take the next item out, and wake a putter
template <class T, class Store>
T BasicQueue<T, Store>::take() {
  AIO_TODO("11.1", "take the next item out, and wake a putter");
}

//: 11.1 never more getters than there are items
template <class T, class Store>
void BasicQueue<T, Store>::wake_getters() noexcept {
  // TODO 11.1: never more getters than there are items
}

//: 11.2 is there room that no woken putter was woken for?
template <class T, class Store>
bool BasicQueue<T, Store>::has_room() const {
  AIO_TODO("11.2", "is there room that no woken putter was woken for?");
}

//: 11.2 never more putters than there is room
template <class T, class Store>
void BasicQueue<T, Store>::wake_putters() noexcept {
  // TODO 11.2: never more putters than there is room
}

/// The end of a wait. Who was woken, and cannot be served, passes the wake-up on.
template <class T, class Store>
template <class Serve>
auto BasicQueue<T, Store>::in_turn(Turn& turn, BasicQueue& queue, Serve serve) {
  const bool woken = turn.linked();  // not when it was cancelled, nor when the queue is gone
  try {
    turn.await_resume();
    if (!woken) throw QueueShutDown();
    return serve();
  } catch (...) {
    if (woken) queue.pass_on();
    throw;
  }
}

template <class T, class Store>
class BasicQueue<T, Store>::Getting {
 public:
  explicit Getting(BasicQueue& queue) : queue_(queue) {}
  bool await_ready() const { return queue_.has_item() || queue_.shut_down_; }
  void await_suspend(std::coroutine_handle<> leaf) {
    turn_.emplace(queue_.getters_, "an item of a queue").await_suspend(leaf);
  }
  T await_resume() {
    if (!turn_) return queue_.take();
    return in_turn(*turn_, queue_, [this] { return queue_.take(); });
  }

 private:
  BasicQueue& queue_;
  std::optional<Turn> turn_;  // made only when it is needed
};

template <class T, class Store>
class BasicQueue<T, Store>::Putting {
 public:
  Putting(BasicQueue& queue, T& item) : queue_(queue), item_(item) {}
  bool await_ready() const {
    return queue_.limit_ == unlimited || queue_.has_room() || queue_.shut_down_;
  }
  void await_suspend(std::coroutine_handle<> leaf) {
    turn_.emplace(queue_.putters_, "room in a queue").await_suspend(leaf);
  }
  void await_resume() {
    if (!turn_) return put();
    in_turn(*turn_, queue_, [this] { put(); });
  }

 private:
  void put() {
    if (queue_.shut_down_) [[unlikely]]
      queue_.refuse_put();
    queue_.add(std::move(item_));
  }

  BasicQueue& queue_;
  T& item_;  // in the Put
  std::optional<Turn> turn_;
};

/// What put() returns: await it. It holds the item until there is room.
template <class T, class Store>
class [[nodiscard("co_await it")]] BasicQueue<T, Store>::Put {
 public:
  Put(BasicQueue & queue, T && item) : queue_(&queue), item_(std::move(item)) {}
  Putting operator co_await()&& { return Putting(*queue_, item_); }

 private:
  BasicQueue* queue_;
  T item_;
};

//: 11.3 add, or throw; a putter who was woken for the room waits again
template <class T, class Store>
void BasicQueue<T, Store>::put_nowait(T item) {
  AIO_TODO("11.3", "add, or throw; a putter who was woken for the room waits again");
}

//: 11.3 take, or throw; a getter who was woken for the item waits again, if that makes sense
template <class T, class Store>
T BasicQueue<T, Store>::get_nowait() {
  AIO_TODO("11.3",
           "take, or throw; a getter who was woken for the item waits again, if that makes sense");
}

//: 11.3 somebody who was woken took nothing: wake the next, for the item or for the room
template <class T, class Store>
void BasicQueue<T, Store>::pass_on() noexcept {
  // TODO 11.3: somebody who was woken took nothing: wake the next, for the item or for the room
}

template <class T, class Store>
[[gnu::cold]] void BasicQueue<T, Store>::refuse_put() const {
  if (shut_down_) throw QueueShutDown();
  throw QueueFull();
}

template <class T, class Store>
[[gnu::cold]] void BasicQueue<T, Store>::refuse_get() const {
  if (shut_down_) throw QueueShutDown();
  throw QueueEmpty();
}

template <class T, class Store>
class BasicQueue<T, Store>::Joining {
 public:
  explicit Joining(BasicQueue& queue) : queue_(queue) {}
  bool await_ready() const { return queue_.unfinished_ == 0; }
  void await_suspend(std::coroutine_handle<> leaf) {
    turn_.emplace(queue_.joiners_, "the items of a queue").await_suspend(leaf);
  }
  void await_resume() {
    if (turn_) turn_->await_resume();
  }

 private:
  BasicQueue& queue_;  // may be gone when the wait is over
  std::optional<Turn> turn_;
};

//: 11.4 one item less to wait for
template <class T, class Store>
void BasicQueue<T, Store>::task_done() {
  AIO_TODO("11.4", "one item less to wait for");
}

//: 11.4 so many items less, and nobody waits for the last one any longer
template <class T, class Store>
void BasicQueue<T, Store>::count_done(std::size_t items) {
  AIO_TODO("11.4", "so many items less, and nobody waits for the last one any longer");
}

//: 11.5 say so, drop what nobody shall take, and wake everybody who waits for an item or for room
template <class T, class Store>
void BasicQueue<T, Store>::shutdown(bool immediate) {
  AIO_TODO("11.5",
           "say so, drop what nobody shall take, and wake everybody who waits for an item or for "
           "room");
}

}  // namespace detail
}  // namespace aio
