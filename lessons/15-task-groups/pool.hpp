#pragma once
// Exercise use-15d: a pool of connections, each lent to one task at a time.

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/stream.hpp>

class Pool;

/// A connection that is lent. Use it by aio::with(), which gives it back. Whoever leaves it in the
/// middle of something says nothing, and it is closed; whoever has finished calls done().
class Lease {
 public:
  /// `turn` is the permit that the pool has for each connection that may be lent.
  Lease(Pool& pool, aio::Semaphore::Guard turn, aio::Stream stream)
      : pool_(&pool), turn_(std::move(turn)), stream_(std::move(stream)) {}

  aio::Stream& stream() { return stream_; }
  /// The connection is clean: the next one may use it.
  void done() { clean_ = true; }
  /// Gives it back to the pool if it is clean, closes it otherwise, and waits until it is closed.
  /// Then it is the turn of whoever has waited for the longest, also when this is cancelled.
  aio::Coro<> aclose();

 private:
  Pool* pool_;
  aio::Semaphore::Guard turn_;
  aio::Stream stream_;
  bool clean_ = false;
};

/// At most so many connections to one server. Must outlive what it lends.
class Pool {
 public:
  /// Connects to the Unix-domain socket at `path`, when somebody needs it.
  Pool(std::string path, std::size_t most);

  /// A connection: one that lies idle, or a new one; while `most` are lent, the first that comes
  /// back. Throws what connecting throws. A wait that is cancelled loses nothing: no connection,
  /// and nobody's turn.
  aio::Coro<Lease> lend();
  /// Closes the connections that lie idle, and waits until they are closed. Those that are lent
  /// are the borrowers'.
  aio::Coro<> aclose();
  std::size_t idle() const { return idle_.size(); }

 private:
  friend class Lease;
  std::string path_;
  aio::Semaphore permits_;  // one for each connection that may be lent
  std::vector<aio::Stream> idle_;
};
