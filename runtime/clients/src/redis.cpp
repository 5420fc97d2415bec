#include <clients/redis.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <exception>
#include <new>
#include <set>
#include <stdexcept>

#include <sys/socket.h>
#include <time.h>  // hiredis's header needs timeval

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <aio/task.hpp>
#include <aio/timeout.hpp>
#include <clients/addresses.hpp>

namespace redis {

using aio::Coro, aio::Interest;

namespace {

constexpr std::size_t most_messages = 1000;  // that wait for somebody to take them

Reply copy_of(const redisReply& from) {
  Reply reply;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::number;
      reply.number = from.integer;
      break;
    case REDIS_REPLY_ERROR:
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      reply.kind = from.type == REDIS_REPLY_ERROR ? Reply::Kind::error : Reply::Kind::text;
      reply.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::list;
      for (std::size_t i = 0; i < from.elements; ++i) {
        reply.list.push_back(copy_of(*from.element[i]));
      }
      break;
    default:
      break;
  }
  return reply;
}

QueryError error_of(const Reply& reply) {
  return QueryError(reply.text, reply.text.substr(0, reply.text.find(' ')));
}

std::string upper_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

/// hiredis believes that a command has one reply.
void refuse_what_has_other_replies(const Connection::Command& command) {
  static const std::set<std::string> refused{"SUBSCRIBE",    "UNSUBSCRIBE", "PSUBSCRIBE",
                                             "PUNSUBSCRIBE", "SSUBSCRIBE",  "SUNSUBSCRIBE",
                                             "MONITOR"};
  if (command.empty()) throw std::invalid_argument("a command without words");
  if (refused.contains(upper_case(command.front()))) {
    throw std::invalid_argument(command.front() + " is no command with one reply: use subscribe()");
  }
}

}  // namespace

std::string Reply::as_text() const {
  if (kind == Kind::number) return std::to_string(number);
  if (kind != Kind::text) throw std::invalid_argument("this reply is no text");
  return text;
}

long long Reply::as_number() const {
  const std::string digits = as_text();
  long long value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw std::invalid_argument("\"" + digits + "\" is no number");
  }
  return value;
}

/// A reply that somebody waits for, in their frame. hiredis has a Note of it, which outlives
/// whoever does not wait any more.
struct Connection::Waiting {
  struct Note {
    Connection* connection;
    Waiting* waiting;  // null: nobody waits any more
  };
  Waiting() = default;
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    if (note != nullptr) note->waiting = nullptr;
  }
  /// Throws when there is no reply.
  Reply take() {
    if (lost) throw ConnectionError(*lost);
    return std::move(reply);
  }

  aio::Future<> done;
  Reply reply;
  std::optional<std::string> lost;  // why there is no reply
  Note* note = nullptr;
};

/// What hiredis calls. Nothing is thrown into it, and nobody goes on in here: tasks are queued.
struct Connection::Hooks {
  static Connection& self(void* data) { return *static_cast<Connection*>(data); }
  static void add_read(void* data) { self(data).watch(Interest::read, true); }
  static void del_read(void* data) { self(data).watch(Interest::read, false); }
  static void add_write(void* data) { self(data).watch(Interest::write, true); }
  static void del_write(void* data) { self(data).watch(Interest::write, false); }
  /// hiredis is about to free the context: after an error, a failed connect, or redisAsyncFree().
  static void clean_up(void* data) { self(data).ended(); }

  static void connected(const redisAsyncContext* context, int status) {
    Connection& connection = self(context->ev.data);
    if (status != REDIS_OK) connection.fate_->why = context->errstr;
    if (!connection.connected_->done()) connection.connected_->set_result();
  }
  /// `reply` is null when the connection has ended.
  static void replied(redisAsyncContext* context, void* reply, void* data) noexcept {
    const std::unique_ptr<Waiting::Note> note(static_cast<Waiting::Note*>(data));
    --note->connection->pending_;
    Waiting* const waiting = note->waiting;
    if (waiting == nullptr) return;
    waiting->note = nullptr;
    if (reply != nullptr) {
      waiting->reply = copy_of(*static_cast<redisReply*>(reply));
    } else {
      waiting->lost = context->err != 0 ? context->errstr : note->connection->fate_->why;
    }
    if (!waiting->done.done()) waiting->done.set_result();
  }
  /// ["subscribe", channel, count] or ["message", channel, text].
  static void told(redisAsyncContext*, void* reply, void* data) noexcept {
    if (reply == nullptr) return;
    Connection& connection = self(data);
    Reply what = copy_of(*static_cast<redisReply*>(reply));
    if (what.list.size() != 3 || what.list[0].text != "message") return connection.confirmed();
    Message message;
    message.channel = std::move(what.list[1].text);
    message.text = std::move(what.list[2].text);
    connection.messages_.put_nowait(std::move(message));
    connection.pause_or_resume();
  }
};

// ── the socket ──

/// hiredis asks for it again and again.
void Connection::watch(Interest side, bool on) {
  aio::EventLoop* const loop = anchor_->loop;
  bool& watched = side == Interest::read ? reads_ : writes_;
  if (loop == nullptr || loop->is_closed() || watched == on) return;
  if (side == Interest::read && on && paused_) return;
  watched = on;
  if (side == Interest::read && on) {
    loop->add_reader(fd_, [this] { redisAsyncHandleRead(context_); });
  } else if (side == Interest::read) {
    loop->remove_reader(fd_);
  } else if (on) {
    loop->add_writer(fd_, [this] { redisAsyncHandleWrite(context_); });
  } else {
    loop->remove_writer(fd_);
  }
}

/// The context goes. What the loop has queued for the socket is not called any more.
void Connection::ended() {
  watch(Interest::read, false);
  watch(Interest::write, false);
  if (context_->err != 0) fate_->why = context_->errstr;
  fate_->ended = true;
  context_ = nullptr;
  if (anchor_->loop == nullptr || anchor_->loop->is_closed()) return;
  if (connected_ && !connected_->done()) connected_->set_result();
  while (!to_confirm_.empty()) confirmed();
  messages_.shutdown();
}

void Connection::close() noexcept {
  if (context_ != nullptr) redisAsyncFree(context_);
}

Connection::~Connection() { close(); }

Coro<> Connection::aclose() {
  close();
  co_return;
}

bool Connection::is_clean() const {
  char byte;
  return context_ != nullptr && pending_ == 0 && !subscribed_ && !watches_ && !collects_ &&
         ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && errno == EAGAIN;
}

// ── connecting ──

Coro<std::unique_ptr<Connection>> Connection::connect(std::string host, std::uint16_t port,
                                                      aio::Delay limit) {
  std::unique_ptr<Connection> made(new Connection(aio::running_loop()));
  const auto work = [&]() -> Coro<> {
    const std::vector<std::string> addresses = co_await clients::detail::addresses_of(host);
    for (std::size_t i = 0; i < addresses.size() && made->is_closed(); ++i) {
      made.reset(new Connection(aio::running_loop()));
      if (made->start(addresses[i], port)) co_await *made->connected_;
    }
  };
  co_await aio::timeout(limit, work);
  if (made->is_closed()) throw ConnectionError(made->fate_->why);
  co_return made;
}

/// Returns whether there is something to wait for.
bool Connection::start(const std::string& address, std::uint16_t port) {
  redisAsyncContext* const context = redisAsyncConnect(address.c_str(), port);
  if (context == nullptr) throw std::bad_alloc();
  if (context->err != 0) {
    fate_->why = context->errstr;
    redisAsyncFree(context);
    return false;
  }
  context_ = context;
  fd_ = context->c.fd;
  connected_.emplace();
  context->ev.data = this;
  context->ev.addRead = Hooks::add_read;
  context->ev.delRead = Hooks::del_read;
  context->ev.addWrite = Hooks::add_write;
  context->ev.delWrite = Hooks::del_write;
  context->ev.cleanup = Hooks::clean_up;
  redisAsyncSetConnectCallback(context, Hooks::connected);  // begins to watch
  return true;
}

// ── commands ──

/// What somebody else would find on the connection later.
void Connection::remember(const std::string& name) {
  if (name == "WATCH") watches_ = true;
  if (name == "MULTI") collects_ = true;
  if (name == "UNWATCH" && !collects_) watches_ = false;
  if (collects_ && (name == "EXEC" || name == "DISCARD")) watches_ = collects_ = false;
}

void Connection::send(const Command& command, Waiting& waiting) {
  if (context_ == nullptr) throw ConnectionError(fate_->why);
  if (subscribed_)
    throw aio::InvalidStateError("a connection that has subscribed takes no commands");
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const std::string& word : command) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  auto note = std::make_unique<Waiting::Note>(Waiting::Note{this, &waiting});
  const int sent =
      redisAsyncCommandArgv(context_, Hooks::replied, note.get(), static_cast<int>(texts.size()),
                            texts.data(), lengths.data());
  if (sent != REDIS_OK) throw ConnectionError("this connection is ending");
  waiting.note = note.release();
  ++pending_;
  remember(upper_case(command.front()));
}

Coro<Reply> Connection::run(Command command) {
  refuse_what_has_other_replies(command);
  Waiting waiting;
  send(command, waiting);
  co_await waiting.done;
  Reply reply = waiting.take();
  if (reply.kind == Reply::Kind::error) throw error_of(reply);
  co_return reply;
}

Coro<std::vector<Reply>> Connection::pipeline(std::vector<Command> commands) {
  for (const Command& command : commands) refuse_what_has_other_replies(command);
  std::vector<Waiting> all(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) send(commands[i], all[i]);
  std::vector<Reply> replies;
  for (Waiting& each : all) {
    co_await each.done;
    replies.push_back(each.take());
  }
  co_return replies;
}

Coro<Reply> Connection::transaction(std::vector<Command> commands) {
  commands.insert(commands.begin(), words("MULTI"));
  commands.push_back(words("EXEC"));
  std::vector<Reply> replies = co_await pipeline(std::move(commands));
  if (replies.back().kind == Reply::Kind::error) throw error_of(replies.back());
  co_return std::move(replies.back());
}

// ── messages ──

/// The socket is not read while enough messages wait: Redis keeps the rest.
void Connection::pause_or_resume() {
  const bool full = messages_.size() >= most_messages;
  if (context_ == nullptr || full == paused_) return;
  paused_ = full;
  watch(Interest::read, !full);
}

/// The first one who waits for it goes on.
void Connection::confirmed() {
  if (to_confirm_.empty()) return;
  const aio::Future<> first = std::move(to_confirm_.front());
  to_confirm_.pop_front();
  if (!first.done()) first.set_result();
}

Coro<> Connection::subscribe(std::string channel) {
  const std::shared_ptr<const Fate> fate = fate_;
  if (fate->ended) throw ConnectionError(fate->why);
  if (pending_ > 0) throw aio::InvalidStateError("subscribe: replies are to come");
  subscribed_ = true;
  const aio::Future<> done = to_confirm_.emplace_back();
  const char* const words[] = {"SUBSCRIBE", channel.data()};
  const std::size_t lengths[] = {9, channel.size()};
  if (redisAsyncCommandArgv(context_, Hooks::told, this, 2, const_cast<const char**>(words),
                            lengths) != REDIS_OK) {
    throw ConnectionError("this connection is ending");
  }
  co_await done;
  if (fate->ended) throw ConnectionError(fate->why);
}

Coro<Message> Connection::message() {
  const std::shared_ptr<const Fate> fate = fate_;
  try {
    Message next = co_await messages_.get();
    if (!fate->ended) pause_or_resume();
    co_return next;
  } catch (const aio::QueueShutDown&) {
    throw ConnectionError(fate->why);
  }
}

}  // namespace redis
