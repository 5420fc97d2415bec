#pragma once
// Your layer of lesson 10. Check it with: ./learn check 10
// Lesson 10, barrier: nobody goes on before all have arrived.
//
//  - The last to arrive goes on without a pause; the others follow in the order of arrival.
//  - It can be used again. Who arrives while the others leave waits until the last has left.
//  - Who is cancelled while it waits is only missing; the barrier is not broken by that.

#include <cstdint>
#include <stdexcept>

#include <aio/coro.hpp>
#include <aio/wait_queue.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* barrier = __FILE__;  // which copy was compiled; the tests print it
}

/// Thrown to those who wait at a barrier that is reset or aborted.
struct BrokenBarrierError : std::runtime_error {
  BrokenBarrierError() : std::runtime_error("the barrier was reset or aborted") {}
  using std::runtime_error::runtime_error;
};

class Barrier {
 public:
  /// Throws std::invalid_argument for less than one.
  explicit Barrier(int parties);
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  /// Waits until all have arrived. Gives each a number, from 0 in the order of arrival: the last
  /// to arrive gets the highest, though it goes on first.
  Coro<int> wait();
  /// Throws BrokenBarrierError into those who wait; the barrier is as new then.
  Coro<> reset();
  /// Breaks the barrier: BrokenBarrierError for everybody, until reset().
  Coro<> abort();

  int parties() const { return parties_; }
  /// How many wait for the others.
  int n_waiting() const { return state_ == State::filling ? count_ : 0; }
  bool broken() const { return state_ == State::broken; }

 private:
  enum class State : std::uint8_t { filling, draining, resetting, broken };
  class Present;
  bool leaving() const { return state_ == State::draining || state_ == State::resetting; }
  void leave() noexcept;
  void check_thread(const char* call) const {
    arrived_.check_thread(call);
    next_.check_thread(call);
  }

  const int parties_;
  int count_ = 0;   // who has arrived and not left
  int passed_ = 0;  // who has left in good order, while it drains
  State state_ = State::filling;
  detail::WaitQueue arrived_, next_;  // next_: until everybody has left
};

// Implementation

inline Barrier::Barrier(int parties) : parties_(parties) {
  if (parties < 1) throw std::invalid_argument("a barrier is for one task at least");
}

/// Counts a task from its arrival until it leaves, in whatever way.
class Barrier::Present {
 public:
  explicit Present(Barrier& barrier) : barrier_(barrier) { ++barrier_.count_; }
  Present(const Present&) = delete;
  Present& operator=(const Present&) = delete;
  ~Present() { barrier_.leave(); }

 private:
  Barrier& barrier_;
};

//: 10.6 wait for the last round to leave, then for this one to be complete
inline Coro<int> Barrier::wait() {
  AIO_TODO("10.6", "wait for the last round to leave, then for this one to be complete");
}

//: 10.6 the last to leave makes room for the next round
inline void Barrier::leave() noexcept {
  // TODO 10.6: the last to leave makes room for the next round
}

//: 10.6 those who wait leave with an error; nobody there means that it is as new
inline Coro<> Barrier::reset() {
  AIO_TODO("10.6", "those who wait leave with an error; nobody there means that it is as new");
}

//: 10.6 those who wait, here and for the next round, leave with an error
inline Coro<> Barrier::abort() {
  AIO_TODO("10.6", "those who wait, here and for the next round, leave with an error");
}

}  // namespace aio
