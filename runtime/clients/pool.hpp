#pragma once
// Connections that tasks take turns with.
//
// Stands on semaphores (10) and with() (15).
//  1. So many are in use at once. Who wants one more waits; first come, first served.
//  2. A connection comes back only when it is clean: nothing is under way, no transaction is open.
//     Any other one is closed, and the next who comes gets a new one. That is how a pool
//     reconnects.
//  3. Before one is used again it is looked at: the server may have ended it meanwhile.

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/support/errors.hpp>
#include <aio/with.hpp>

namespace clients {

/// What a pool can hold. is_clean(): may somebody else use it now, and is it there at all?
template <class C>
concept Poolable = requires(C& connection) {
  { connection.is_clean() } -> std::same_as<bool>;
};

/// A pool of connections, for one loop. Leases may outlive it.
template <Poolable C>
class Pool {
 public:
  using Make = std::function<aio::Coro<std::unique_ptr<C>>()>;
  class Lease;

  /// At most `size` connections, made by `make` when they are needed.
  Pool(std::size_t size, Make make) : state_(std::make_shared<State>(size, std::move(make))) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { close(); }

  /// Waits for a connection. Throws what making one throws, and InvalidStateError after close().
  /// Cancelled: the turn goes to who is next.
  ///
  ///   co_await aio::with(co_await pool.acquire(), work);  // work takes a Lease&
  aio::Coro<Lease> acquire() { return acquire(state_); }
  /// Closes those that nobody uses, and refuses whoever comes. Those in use go when they come back.
  void close() noexcept {
    state_->closed = true;
    state_->idle.clear();
  }
  std::size_t idle() const { return state_->idle.size(); }
  /// How many were made so far.
  std::size_t made() const { return state_->made; }

 private:
  struct State {
    State(std::size_t size, Make its_make)
        : turns(static_cast<long>(size)), make(std::move(its_make)) {}
    aio::Semaphore turns;
    const Make make;
    std::vector<std::unique_ptr<C>> idle{};
    std::size_t made = 0;
    bool closed = false;
  };
  static aio::Coro<Lease> acquire(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

/// A connection that is yours until you give it back. Move-only; its destructor gives it back, too.
template <Poolable C>
class Pool<C>::Lease {
 public:
  Lease(std::shared_ptr<State> state, aio::Semaphore::Guard turn, std::unique_ptr<C> connection)
      : state_(std::move(state)), turn_(std::move(turn)), connection_(std::move(connection)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease() { give_back(); }

  C& operator*() const { return *connection_; }
  C* operator->() const { return connection_.get(); }
  /// For with(). Waits for nothing.
  aio::Coro<> aclose() {
    give_back();
    co_return;
  }

 private:
  void give_back() noexcept;

  std::shared_ptr<State> state_;
  aio::Semaphore::Guard turn_;  // goes before what it is a turn of
  std::unique_ptr<C> connection_;
};

// Implementation

template <Poolable C>
aio::Coro<typename Pool<C>::Lease> Pool<C>::acquire(std::shared_ptr<State> state) {
  aio::Semaphore::Guard turn = co_await state->turns.scoped();
  if (state->closed) throw aio::InvalidStateError("this pool was closed");
  while (!state->idle.empty()) {
    std::unique_ptr<C> last = std::move(state->idle.back());  // the least likely to have ended
    state->idle.pop_back();
    if (last->is_clean()) co_return Lease(state, std::move(turn), std::move(last));
  }
  std::unique_ptr<C> fresh = co_await state->make();
  ++state->made;
  co_return Lease(state, std::move(turn), std::move(fresh));
}

template <Poolable C>
void Pool<C>::Lease::give_back() noexcept {
  if (connection_ == nullptr) return;
  std::unique_ptr<C> connection = std::move(connection_);
  try {
    if (!state_->closed && connection->is_clean()) state_->idle.push_back(std::move(connection));
  } catch (...) {  // no room to keep it: it goes
  }
  connection.reset();
  const aio::Semaphore::Guard last = std::move(turn_);
}

}  // namespace clients
