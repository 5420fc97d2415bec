#pragma once
// Exercise use-12d: connections that are lent, and lent again.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/stream.hpp>

/// Connections to one server. It must outlive the work that it lends them to.
class Pool {
 public:
  using Work = std::move_only_function<aio::Coro<>(aio::Stream&)>;

  /// At most `most` connections are open at a time.
  Pool(std::string host, std::uint16_t port, long most)
      : host_(std::move(host)), port_(port), permits_(most) {}

  /// Lends `work` a connection until it ends: an idle one if one is still good, otherwise a new
  /// one. Waits while all are lent; first come, first served. The connection is kept for the next
  /// ones if the work ended well and left it clean. Otherwise it is closed: what comes on it next
  /// may belong to an old question. Throws what connecting or the work throws.
  aio::Coro<> with(Work work);
  /// How many connections are kept for the next ones.
  std::size_t idle() const { return idle_.size(); }

 private:
  /// The connection used last that is still clean, otherwise a new one. The others are closed.
  aio::Coro<aio::Stream> take();
  static bool is_clean(aio::Stream& stream);

  const std::string host_;
  const std::uint16_t port_;
  aio::Semaphore permits_;  // one for each connection that may be lent
  std::vector<aio::Stream> idle_;
};

/// Both sides have sent all they had to: no byte waits, and the other side is still there.
inline bool Pool::is_clean(aio::Stream& stream) {
  if (stream.is_closing() || stream.unsent() > 0) return false;
  aio::detail::ReadRequest anything(aio::detail::ReadRequest::Kind::some, 1);
  return !stream.state().try_read(anything);
}
