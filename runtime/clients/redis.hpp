#pragma once
// Redis, over hiredis, which the loop tells when to read and to write. Like Python's redis.asyncio.
//
// Stands on the event loop (04) and on queues (11). hiredis asks for five functions: begin to watch
// the socket for reading, stop that, the same for writing, and let go of it.
//  1. A connection is shared: commands are sent at once, whoever waits, and replies come in their
//     order. A thousand tasks need one connection, unless commands block, as BLPOP does.
//  2. A reply is copied, since hiredis frees it when its callback returns.
//  3. When the connection ends, everybody who waits for a reply is told.
//  4. Names are looked up by resolve(); hiredis would block.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/queue.hpp>
#include <aio/support/delay.hpp>
#include <clients/errors.hpp>

struct redisAsyncContext;  // hiredis's
struct redisReply;

namespace redis {

using clients::ConnectionError, clients::QueryError;

/// What Redis answers: nothing, a number, text, an error, or a list of these.
struct Reply {
  enum class Kind { nothing, number, text, error, list };
  Reply() {}
  /// The text; of a number, its digits. Throws std::invalid_argument for anything else.
  std::string as_text() const;
  /// Throws std::invalid_argument when it is no number, nor text that is one.
  long long as_number() const;
  bool is_nothing() const { return kind == Kind::nothing; }

  Kind kind = Kind::nothing;
  long long number = 0;
  std::string text;  // of an error, what it says
  std::vector<Reply> list;
};

/// The words of a command, numbers as their digits: `words("SET", "answer", 42)`.
template <class... Words>
std::vector<std::string> words(const Words&... all);

/// What somebody has published.
struct Message {
  Message() {}
  std::string channel, text;
};

/// All throw ConnectionError when the connection is lost or was closed.
class Connection {
 public:
  using Command = std::vector<std::string>;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Whoever waits for a reply gets ConnectionError.
  ~Connection();

  /// Throws ConnectionError, TimeoutError after `limit`, and what resolve() throws.
  static aio::Coro<std::unique_ptr<Connection>> connect(
      std::string host, std::uint16_t port, aio::Delay limit = std::chrono::seconds(10));

  /// Throws QueryError for an error. Cancelled: the command is done all the same, and its reply
  /// dropped. One that blocks goes on blocking those behind it: use it on a connection of its own,
  /// and close that.
  ///
  ///   co_await redis.command("INCR", "visitors");
  template <class... Words>
  aio::Coro<Reply> command(const Words&... all) {
    return run(words(all...));
  }
  /// A list of words. Throws std::invalid_argument for one without words, and for those that have
  /// more replies than one, or none: SUBSCRIBE and its kin, MONITOR.
  aio::Coro<Reply> run(Command command);
  /// Sends all at once, and gives all replies, errors among them.
  aio::Coro<std::vector<Reply>> pipeline(std::vector<Command> commands);
  /// The same as a transaction (MULTI … EXEC), which nobody comes between. Gives what EXEC gives:
  /// nothing, if a key that was watched has changed. Throws QueryError when it was not begun or not
  /// executed.
  aio::Coro<Reply> transaction(std::vector<Command> commands);

  /// From now on the connection is for messages alone. Waits until Redis has confirmed it.
  aio::Coro<> subscribe(std::string channel);
  /// The next message. While many wait here, nothing is read. Cancelled: nothing is lost.
  aio::Coro<Message> message();

  /// Is it connected, with no reply to come, no subscription, and nothing left of WATCH or MULTI?
  bool is_clean() const;
  bool is_closed() const { return context_ == nullptr; }
  /// At once. Idempotent.
  void close() noexcept;
  aio::Coro<> aclose();

 private:
  struct Hooks;
  struct Waiting;
  /// How it has ended; in the frames of those who wait, too, which may outlive the connection.
  struct Fate {
    bool ended = false;
    std::string why = "this connection was closed";
  };
  explicit Connection(aio::EventLoop& loop) : anchor_(loop.anchor()) {}
  bool start(const std::string& address, std::uint16_t port);
  void send(const Command& command, Waiting& waiting);
  void remember(const std::string& name);
  void confirmed();
  void watch(aio::Interest side, bool on);
  void pause_or_resume();
  void ended();

  aio::Ref<aio::detail::LoopAnchor> anchor_;
  redisAsyncContext* context_ = nullptr;  // null: it has gone
  int fd_ = -1;
  bool reads_ = false, writes_ = false, paused_ = false, subscribed_ = false;
  bool watches_ = false, collects_ = false;  // after WATCH, and after MULTI
  std::size_t pending_ = 0;                  // replies to come
  const std::shared_ptr<Fate> fate_ = std::make_shared<Fate>();
  std::optional<aio::Future<>> connected_;
  std::deque<aio::Future<>> to_confirm_;  // subscriptions, in their order
  aio::Queue<Message> messages_;
};

// Implementation

namespace detail {
inline std::string word(const std::string& text) { return text; }
inline std::string word(const char* text) { return text; }
template <class Number>
requires std::is_arithmetic_v<Number> std::string word(Number number) {
  return std::to_string(number);
}
}  // namespace detail

template <class... Words>
std::vector<std::string> words(const Words&... all) {
  std::vector<std::string> list;
  list.reserve(sizeof...(all));
  (list.push_back(detail::word(all)), ...);
  return list;
}

}  // namespace redis
