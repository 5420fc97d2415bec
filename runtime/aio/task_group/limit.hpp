#pragma once
// How many children of a task group run at once: given to lesson 15.

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <utility>

#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/support/errors.hpp>

namespace aio {

namespace detail {

/// What the children of a group that has a limit share.
struct Turns {
  explicit Turns(std::size_t at_once) : permits(static_cast<long>(at_once)) {}
  Semaphore permits;
  bool any_failed = false;  // then nobody begins any more
};

}  // namespace detail

/// A limit on how many run at once; by default there is none.
class AtMost {
 public:
  AtMost() = default;
  /// Throws std::invalid_argument for 0: nobody could ever start.
  explicit AtMost(std::size_t count) {
    if (count == 0) throw std::invalid_argument("AtMost: a limit of 0 would let nobody start");
    turns_ = std::make_shared<detail::Turns>(count);
  }
  /// Null without a limit.
  const std::shared_ptr<detail::Turns>& turns() const { return turns_; }

 private:
  std::shared_ptr<detail::Turns> turns_;
};

namespace detail {

/// Does `work` when there is a permit for it, unless somebody has failed by then. Shares the
/// permits, since a loop that is closed destroys a group before its children.
template <class T>
Coro<T> in_turn(std::shared_ptr<Turns> turns, Coro<T> work) {
  const auto turn = co_await turns->permits.scoped();
  if (turns->any_failed) throw CancelledError();  // the group is about to ask this task to stop
  try {
    co_return co_await std::move(work);
  } catch (const CancelledError&) {
    throw;
  } catch (...) {
    turns->any_failed = true;
    throw;
  }
}

}  // namespace detail
}  // namespace aio
