#pragma once
// Many threads put in, one takes out, all in the order in which it came.
//
// Values lie side by side in a vector that is taken as a whole: what one thread has written the
// other reads in one sweep, neither frees what the other has allocated, and nothing is allocated
// once the vector has grown. A list of nodes costs three times as much.

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include <aio/support/list.hpp>

namespace aio {

/// Takes values, and nodes that live in their owner: elements of a List with a member
/// `std::size_t mailed`, which is the mailbox's.
template <class Node, class Value>
class Mailbox {
 public:
  /// Any thread. Returns false, and takes nothing, when the mailbox is closed.
  bool put(Node& node) noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    node.mailed = arrived_.values.size();
    arrived_.nodes.push_back(node);
    return true;
  }
  /// The same. Throws std::bad_alloc, and takes nothing then.
  bool put(Value&& value) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    arrived_.values.push_back(std::move(value));
    return true;
  }

  /// The owner's thread: calls `on_node(node)` and `on_value(value)` for everything put in so far,
  /// oldest first. If `on_value` throws, its value and what comes after it stay for the next time;
  /// `on_node` does not throw.
  template <class OnNode, class OnValue>
  void take_all(OnNode on_node, OnValue on_value) {
    hand_out(on_node, on_value);  // what was left the last time
    {
      const std::lock_guard lock(mutex_);
      std::swap(arrived_.values, taken_.values);
      taken_.nodes.splice(arrived_.nodes);
    }
    hand_out(on_node, on_value);
  }

  /// The same, for the last time. Idempotent.
  template <class OnNode, class OnValue>
  void close(OnNode on_node, OnValue on_value) {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    take_all(on_node, on_value);
  }

 private:
  static constexpr std::size_t keep = 4096;  // values for which there is room while it is empty

  struct Content {
    std::vector<Value> values;
    List<Node> nodes;  // each knows how many values came before it
  };

  template <class OnNode, class OnValue>
  void hand_out(OnNode& on_node, OnValue& on_value) {
    for (; !taken_.nodes.empty(); on_node(taken_.nodes.pop_front())) {
      hand_out_values(taken_.nodes.front().mailed, on_value);
    }
    hand_out_values(taken_.values.size(), on_value);
    taken_.values.clear();
    if (taken_.values.capacity() > keep) taken_.values.shrink_to_fit();
    handed_out_ = 0;
  }

  template <class OnValue>
  void hand_out_values(std::size_t end, OnValue& on_value) {
    for (; handed_out_ < end; ++handed_out_) on_value(taken_.values[handed_out_]);
  }

  std::mutex mutex_;
  bool closed_ = false;         // guarded by the mutex
  Content arrived_;             // guarded by the mutex
  Content taken_;               // the owner's
  std::size_t handed_out_ = 0;  // of the values taken
};

}  // namespace aio
