#pragma once
// One request and its response, on a connection that is lent by the pool.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/ref.hpp>
#include <http/client/inflater.hpp>
#include <http/client/options.hpp>
#include <http/client/patience.hpp>
#include <http/client/pool.hpp>
#include <http/connection.hpp>
#include <http/message.hpp>

namespace http::detail {

/// A connection in use. Move-only. Destroyed, it closes the connection: whoever leaves early, by an
/// error or cancelled, leaves one behind that is of no use.
class Lease {
 public:
  Lease(aio::Ref<Pool> pool, Slot slot)
      : pool_(std::move(pool)), slot_(std::move(slot)), connection_(pool_->take(slot_)) {}

  bool has_connection() const { return connection_ != nullptr; }
  void set_connection(std::unique_ptr<PooledConnection> fresh) { connection_ = std::move(fresh); }
  Connection& connection() const { return *connection_; }
  /// The pool keeps it for that time, if it is clean.
  void give_back(std::chrono::nanoseconds idle) {
    const auto until = aio::Delay(idle).after(aio::running_loop().time());
    pool_->put(std::move(slot_), std::move(connection_), until);
  }

 private:
  aio::Ref<Pool> pool_;
  Slot slot_;
  std::unique_ptr<PooledConnection> connection_;
};

/// How long the server keeps the connection: a second less than it says, or `most`.
inline std::chrono::nanoseconds idle_time(const Headers& headers, std::chrono::nanoseconds most) {
  static constexpr std::string_view name = "timeout=";
  for (std::string_view value : headers.get_all("Keep-Alive")) {
    const std::size_t at = value.find(name);
    if (at == value.npos) continue;
    value.remove_prefix(at + name.size());
    const std::optional<std::uint64_t> told = length_of(value.substr(0, value.find_first_of(", ")));
    const std::chrono::seconds seconds(told ? std::min<std::uint64_t>(*told, 3600) : 3600);
    return std::min<std::chrono::nanoseconds>(most, seconds - std::chrono::seconds(1));
  }
  return most;
}

/// The part of an exchange that is left when the head of the response has come.
class Exchange {
 public:
  Exchange(Lease lease, const Patience& patience, const ClientOptions& options,
           const Response& head);

  /// A piece of the body, decoded; it may be empty before the end.
  aio::Coro<std::string> read();
  bool done() const { return lease_.connection().body_done(); }
  /// REQUIRES: done()
  void give_back() { lease_.give_back(idle_); }

 private:
  Lease lease_;
  Patience patience_;
  std::chrono::nanoseconds between_, idle_;
  std::unique_ptr<Inflater> inflater_;  // null: the body is taken as it comes
};

inline bool is_gzip(const Headers& headers) {
  const std::vector<std::string_view> codings = headers.get_all("Content-Encoding");
  return codings.size() == 1 &&
         (same_name(codings.front(), "gzip") || same_name(codings.front(), "x-gzip"));
}

inline Exchange::Exchange(Lease lease, const Patience& patience, const ClientOptions& options,
                          const Response& head)
    : lease_(std::move(lease)),
      patience_(patience),
      between_(options.between),
      idle_(idle_time(head.headers, options.idle)) {
  if (options.decode && is_gzip(head.headers)) {
    inflater_ = std::make_unique<Inflater>(options.limits.body);
  }
}

inline aio::Coro<std::string> Exchange::read() {
  Connection& connection = lease_.connection();
  const auto next = [&connection] { return connection.read(); };
  std::string piece = co_await patience_.step(between_, "the next piece of the body", next);
  if (inflater_) {
    piece = inflater_->feed(piece);
    if (done()) inflater_->finish();
  }
  co_return piece;
}

}  // namespace http::detail
