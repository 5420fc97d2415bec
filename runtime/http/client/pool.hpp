#pragma once
// Lesson 13, pool: the connections of a client, those in use and those that wait for the next
// request.
//
//  5. So many are in use at once, to one origin and in all. More who want one wait, first come,
//     first served; nobody waits for an origin that is not the own.
//  6. Who is cancelled while it waits, or was just about to go on, passes its slot on.
//  7. A connection comes back only when it is clean: both messages have ended, and both sides keep
//     it alive. Every other one is closed. Before one is used again it is looked at: the server may
//     have closed it meanwhile.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <sys/socket.h>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/list.hpp>
#include <aio/support/ref.hpp>
#include <http/client/options.hpp>
#include <http/connection.hpp>

namespace http {

namespace layers {
inline constexpr const char* pool = __FILE__;  // which copy was compiled; tests print it
}

namespace detail {

class Pool;

/// What is counted for an origin.
struct PoolHost {
  std::size_t in_use = 0, idle = 0, waiting = 0;
  const std::string* origin = nullptr;
};

/// The right to use one connection to an origin. Move-only; given back when it is destroyed.
class Slot {
 public:
  Slot() = default;
  /// Takes the right. REQUIRES: there is room
  Slot(aio::Ref<Pool> pool, PoolHost& host);
  Slot(Slot&& other) noexcept : pool_(std::move(other.pool_)), host_(other.host_) {}
  Slot& operator=(Slot&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(host_, other.host_);
    return *this;
  }
  ~Slot();

 private:
  friend class Pool;
  aio::Ref<Pool> pool_;
  PoolHost* host_ = nullptr;
};

struct IdleConnection;
using IdlePlace = std::list<IdleConnection>::iterator;

/// A connection that hears when the server ends it. If nobody uses it then, it goes at once.
class PooledConnection final : public Connection, private aio::detail::EndListener {
 public:
  PooledConnection(Channel channel, const Limits& limits) : Connection(std::move(channel), limits) {
    this->channel().stream().state().end_listener = this;
  }
  ~PooledConnection() { channel().stream().state().end_listener = nullptr; }

  /// Nothing is left of old messages: a connection that is not clean would give the next request
  /// the rest of an old response.
  bool is_clean();
  /// Nothing has come since, not even the end. What nobody asked for is no answer.
  bool is_quiet();
  void set_idle(Pool& pool, IdlePlace place) { pool_ = &pool, place_ = place; }
  void set_in_use() { pool_ = nullptr; }

 private:
  void ended() override;

  bool ended_ = false;
  Pool* pool_ = nullptr;  // null: it is in use
  IdlePlace place_;
};

/// A connection that nobody uses, and until when it is kept.
struct IdleConnection {
  std::unique_ptr<PooledConnection> connection;
  PoolHost* host;
  aio::Clock::time_point until;
};

/// The connections of a client. Belongs to one loop.
class Pool final : public aio::RefCounted, private aio::TimedReady {
 public:
  Pool(std::size_t per_origin, std::size_t total) : per_origin_(per_origin), total_(total) {}
  ~Pool() { close(); }

  /// Waits until a connection to that origin may be used. Cancelled, it leaves nothing behind.
  static aio::Coro<Slot> enter(aio::Ref<Pool> pool, std::string origin);
  /// An idle connection to the slot's origin that is still good; null when there is none. The one
  /// that was used last is the least likely to end.
  std::unique_ptr<PooledConnection> take(const Slot& slot);
  /// To be called before a new connection is made: an idle one goes, if there would be too many.
  void make_room();
  /// Keeps a connection until that time, or closes it if it is not clean. The slot is free then.
  void put(Slot slot, std::unique_ptr<PooledConnection> connection, aio::Clock::time_point until);
  /// Closes the idle connections, and those that come back.
  void close();
  std::size_t idle() const { return idle_.size(); }
  std::size_t in_use() const { return in_use_; }

 private:
  friend class Slot;
  friend class PooledConnection;
  struct Waiter;

  void run() override;  // connections have been idle for too long
  std::string describe() const override { return "the idle connections of an HTTP client"; }
  PoolHost& host_of(const std::string& origin);
  bool has_room(const PoolHost& host) const {
    return in_use_ < total_ && host.in_use < per_origin_;
  }
  void leave(PoolHost& host);
  void serve_waiting();
  void forget_unused(PoolHost& host);
  std::unique_ptr<PooledConnection> remove(IdlePlace place);
  void arm();
  void disarm();

  const std::size_t per_origin_, total_;
  std::size_t in_use_ = 0;
  std::map<std::string, PoolHost> hosts_;
  aio::List<Waiter> waiting_;
  std::list<IdleConnection> idle_;  // in the order in which they came back
  aio::EventLoop* loop_ = nullptr;  // of the timer
  aio::Clock::time_point armed_for_{};
  bool closed_ = false;
};

/// Somebody who waits for a slot, and gets it here: whatever ends the wait, the slot is not lost.
struct Pool::Waiter : aio::Link<> {
  Waiter(Pool& its_pool, PoolHost& its_host) : pool(its_pool), host(its_host) {
    ++host.waiting;
    pool.waiting_.push_back(*this);
  }
  ~Waiter() {
    unlink();
    --host.waiting;
    pool.forget_unused(host);
  }

  Pool& pool;
  PoolHost& host;
  aio::Future<> turn;
  Slot slot;
};

// Implementation

// ── connections ──

//: 13.4 is nothing left of old messages?
inline bool PooledConnection::is_clean() {
  return reusable() && !has_input() && channel().unsent() == 0 && !channel().is_closing() &&
         !ended_;
}

//: 13.4 has nothing come since, not even the end?
inline bool PooledConnection::is_quiet() {
  char byte;
  if (channel().is_closing() || ended_) return false;
  const ssize_t count = ::recv(channel().stream().fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == -1 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

inline void PooledConnection::ended() {
  ended_ = true;
  if (pool_ != nullptr) pool_->remove(place_);
}

// ── slots ──

inline Slot::Slot(aio::Ref<Pool> pool, PoolHost& host) : pool_(std::move(pool)), host_(&host) {
  ++pool_->in_use_;
  ++host.in_use;
}

inline Slot::~Slot() {
  if (pool_) pool_->leave(*host_);
}

//: 13.4 take a slot, or wait for one
inline aio::Coro<Slot> Pool::enter(aio::Ref<Pool> pool, std::string origin) {
  PoolHost& host = pool->host_of(origin);
  if (pool->has_room(host)) co_return Slot(pool, host);
  Waiter waiter(*pool, host);
  co_await waiter.turn;
  co_return std::move(waiter.slot);
}

inline void Pool::leave(PoolHost& host) {
  --in_use_;
  --host.in_use;
  serve_waiting();
  forget_unused(host);
}

/// Whoever was asked to stop has left, though it may not know yet.
//: 13.4 hand slots to those who wait, in their order
inline void Pool::serve_waiting() {
  waiting_.for_each([this](Waiter& waiter) {
    if (waiter.turn.done() || !has_room(waiter.host)) return;
    waiter.slot = Slot(aio::Ref<Pool>(this), waiter.host);
    waiter.turn.set_result();
  });
}

inline PoolHost& Pool::host_of(const std::string& origin) {
  const auto [place, is_new] = hosts_.try_emplace(origin);
  if (is_new) place->second.origin = &place->first;
  return place->second;
}

/// A crawler meets many hosts.
inline void Pool::forget_unused(PoolHost& host) {
  if (host.in_use + host.idle + host.waiting == 0) hosts_.erase(*host.origin);
}

// ── idle connections ──

inline std::unique_ptr<PooledConnection> Pool::remove(IdlePlace place) {
  std::unique_ptr<PooledConnection> connection = std::move(place->connection);
  PoolHost& host = *place->host;
  idle_.erase(place);
  --host.idle;
  forget_unused(host);
  connection->set_in_use();
  return connection;
}

//: 13.4 find the connection that was used last and is still good
inline std::unique_ptr<PooledConnection> Pool::take(const Slot& slot) {
  for (auto place = idle_.end(); place != idle_.begin();) {
    const auto at = std::prev(place);
    if (at->host != slot.host_) {
      place = at;
      continue;
    }
    std::unique_ptr<PooledConnection> connection = remove(at);
    if (connection->is_quiet()) return connection;
  }
  return nullptr;
}

inline void Pool::make_room() {
  while (in_use_ + idle_.size() > total_ && !idle_.empty()) remove(idle_.begin());
}

//: 13.4 keep a connection, if it is clean
inline void Pool::put(Slot slot, std::unique_ptr<PooledConnection> connection,
                      aio::Clock::time_point until) {
  if (closed_ || !connection->is_clean()) return;
  connection->rest();
  idle_.push_back({std::move(connection), slot.host_, until});
  idle_.back().connection->set_idle(*this, std::prev(idle_.end()));
  ++slot.host_->idle;
  arm();
}

inline void Pool::close() {
  closed_ = true;
  while (!idle_.empty()) remove(idle_.begin());
  disarm();
}

/// The timer may find that those it was set for are gone; that costs less than to set it each time.
inline void Pool::arm() {
  if (idle_.empty()) return;
  const auto first = std::ranges::min_element(idle_, {}, &IdleConnection::until)->until;
  const bool armed = pending() || linked();
  if (armed && armed_for_ <= first) return;
  disarm();
  loop_ = &aio::running_loop();
  armed_for_ = first;
  loop_->call_at(first, *this);
}

inline void Pool::disarm() {
  if (pending() || linked()) loop_->cancel(*this);
}

inline void Pool::run() {
  const auto now = loop_->time();
  for (auto place = idle_.begin(); place != idle_.end();) {
    const auto at = place++;
    if (at->until <= now) remove(at);
  }
  arm();
}

}  // namespace detail

}  // namespace http
