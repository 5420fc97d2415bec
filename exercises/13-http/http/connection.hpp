#pragma once
// Your layer of lesson 13. Check it with: ./learn check 13
// Lesson 13, connection: one side of one connection, which reads messages and writes them.
//
// Stands on streams (12), and on a parser that this lesson takes from a library (llhttp).
//  1. Messages are read one after the other: what has come beyond one waits for the next read.
//  2. A body is read piece by piece; what nobody reads is not asked for.
//  3. What has no single meaning is refused with a ProtocolError, and nothing is read after it.
//  4. A connection is fit for another message only when both have ended, in both directions, and
//     neither side has said that it closes.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/todo.hpp>
#include <http/connection/channel.hpp>
#include <http/connection/limits.hpp>
#include <http/connection/outgoing.hpp>
#include <http/connection/work.hpp>
#include <http/message.hpp>

namespace http {

namespace layers {
inline constexpr const char* connection = __FILE__;  // which copy was compiled; tests print it
}

/// One side of a connection. One task reads at a time, and one writes. Not movable: a coroutine
/// that reads refers to it. Errors of the channel come as std::system_error.
class Connection {
 public:
  explicit Connection(Channel channel, const Limits& limits = Limits())
      : channel_(std::move(channel)), limits_(limits) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { rest(); }

  // ── reading ──

  /// Reads the head of the next request. Returns false when the stream ends before it begins.
  /// Throws ProtocolError, aio::IncompleteReadError when the stream ends within it, and
  /// aio::InvalidStateError while there is body left of the last one. Cancelled, it leaves a
  /// connection of no use: the next read would begin in the middle of a head.
  aio::Coro<bool> read_request(Request& into);
  /// Reads the head of the response to a request with that method. Interim responses are skipped,
  /// but not 101. Throws as read_request() does, and aio::IncompleteReadError when nothing comes.
  aio::Coro<> read_response(Response& into, std::string method);
  /// The next piece of the body; empty at its end. A client that waits for `100 Continue` gets it
  /// with the first read. Throws ProtocolError, and aio::IncompleteReadError when the stream ends
  /// before the body. Cancelled, it has lost nothing.
  aio::Coro<std::string> read();
  /// The rest of the body. Cancelled, it has lost what it had read.
  aio::Coro<std::string> read_all();
  /// The body of the message that was read last has been read to its end.
  bool body_done() const { return !reading_ || work_->parser.done(); }
  /// A byte of the message that is being read has come.
  bool has_begun() const { return work_ != nullptr && reading_ && work_->parser.started(); }
  /// Whoever sent the request waits for `100 Continue` before it sends the body.
  bool expects_continue() const { return expects_continue_; }
  /// Something has come that has not been parsed.
  bool has_input() const { return work_ != nullptr && !work_->unread().empty(); }
  /// Takes what has not been parsed: after a response 101 it belongs to another protocol.
  std::string take_input();
  /// Adds what somebody has read from the channel. REQUIRES: !has_input()
  void put_input(std::string bytes);

  // ── writing ──

  /// Writes a head. Its headers say how the body ends: Content-Length, `Transfer-Encoding:
  /// chunked`, or nothing: then there is none. Throws std::invalid_argument for what a head cannot
  /// be made of, aio::InvalidStateError while a body is not finished.
  void write_head(const Request& request);
  /// The same for a response. Where its headers do not say how the body ends, `framing` does, and a
  /// header is added; without either the body ends with the connection. `with_body` is has_body()
  /// of the request and this response. `more` are lines of headers to be added. Whether the
  /// connection stays open is said where it must be.
  void write_head(const Response& response, bool with_body, const detail::Framing& framing = {},
                  std::string_view more = {});
  /// A piece of the body; nothing is sent before flush(). Throws aio::InvalidStateError when it is
  /// longer than its Content-Length.
  void write(std::string_view piece);
  /// Ends the body. Throws aio::InvalidStateError when it is shorter than its Content-Length.
  void finish();
  /// Sends what was written; await it until there is room for more.
  aio::StreamWait flush();
  /// How much was written and not yet handed to the channel.
  std::size_t buffered() const { return work_ == nullptr ? 0 : work_->output.size(); }

  // ── the end ──

  /// Nothing prevents another message: both bodies have ended, and both sides keep it alive.
  bool reusable() const { return keep_alive_ && body_done() && outgoing_.finished(); }
  /// This side will close. The head that is written next should say so.
  void will_close() { keep_alive_ = false; }
  /// Ends the outgoing direction, and reads for a while what the other side still sends, so that
  /// it gets our last words: a connection that is closed with bytes unread is reset. Returns when
  /// the other side has ended, or has sent `most` bytes. Set a time limit around it.
  aio::Coro<> linger(std::size_t most);
  /// Neither side has said that it closes.
  bool keeps_open() const { return keep_alive_; }
  /// The version of the message that was read last: 1.0 or 1.1.
  int peer_minor() const { return peer_minor_; }
  Channel& channel() { return channel_; }
  const Limits& limits() const { return limits_; }

  /// Strings of an old request that have room; give them back, and a next one needs no memory.
  Request take_spare_request() { return std::move(work().request); }
  void give_spare_request(Request request) { work().request = std::move(request); }
  /// Gives back what is of use only while there is a message in hand. REQUIRES: nobody reads, and
  /// nothing is buffered.
  void rest();

 private:
  detail::Work& work();
  template <class Message, class... Method>
  void begin(Message& into, Method... method);
  void parse(std::string& body);
  void end_of_input();
  void send_continue();
  void check_may_write_head() const;
  void append_connection(std::string& out, const Headers& headers);

  Channel channel_;
  Limits limits_;
  std::unique_ptr<detail::Work> work_;
  detail::Outgoing outgoing_;
  bool reading_ = false;           // a message is being read, or has been
  bool keep_alive_ = true;         // as far as both sides have said
  bool expects_continue_ = false;  // and has not got it
  int peer_minor_ = 1;             // the version of the message that was read last
};

// Implementation

inline detail::Work& Connection::work() {
  if (work_ == nullptr) work_ = detail::WorkPool::take();
  return *work_;
}

/// To be called before the bytes of a head are parsed, of an interim one as well. For a response,
/// with the method of its request.
template <class Message, class... Method>
void Connection::begin(Message& into, Method... method) {
  if (!body_done()) throw aio::InvalidStateError("there is body left of the message before");
  expects_continue_ = false;
  work().parser.begin(into, method..., limits_);
  reading_ = true;
}

//: 13.1 read the head of a request, unless the stream ends before it
inline aio::Coro<bool> Connection::read_request(Request& into) {
  AIO_TODO("13.1", "read the head of a request, unless the stream ends before it");
}

//: 13.1 read the head of the response, behind those that are only interim
inline aio::Coro<> Connection::read_response(Response& into, std::string method) {
  AIO_TODO("13.1", "read the head of the response, behind those that are only interim");
}

//: 13.1 read the next piece of the body
inline aio::Coro<std::string> Connection::read() {
  AIO_TODO("13.1", "read the next piece of the body");
}

inline aio::Coro<std::string> Connection::read_all() {
  std::string body = co_await read();
  while (!body_done()) {
    const std::string piece = co_await read();
    body += piece;
  }
  co_return body;
}

/// Takes input up to the end of the head, or else of the message; what is of its body is appended
/// to `body`. An error leaves nothing to go on with.
inline void Connection::parse(std::string& body) {
  try {
    work_->taken += work_->parser.feed(work_->unread(), body);
  } catch (const ProtocolError&) {
    keep_alive_ = false;
    throw;
  }
}

/// Throws aio::IncompleteReadError unless the body may end here.
//: 13.1 the stream has ended: has the body?
inline void Connection::end_of_input() {
  AIO_TODO("13.1", "the stream has ended: has the body?");
}

inline void Connection::send_continue() {
  expects_continue_ = false;
  if (has_input()) return;  // it did not wait
  channel_.write("HTTP/1.1 100 Continue\r\n\r\n");
}

inline std::string Connection::take_input() {
  if (!has_input()) return {};
  std::string rest(work_->unread());
  work_->taken = work_->input.size();
  return rest;
}

inline void Connection::put_input(std::string bytes) {
  work().input = std::move(bytes);
  work_->taken = 0;
}

inline void Connection::write_head(const Request& request) {
  check_may_write_head();
  detail::check_request_line(request);
  const detail::Framing framing = detail::own_framing(request.headers);
  outgoing_.begin(framing, framing.chunked || framing.length);
  if (!keeps_alive(request.headers, 1)) keep_alive_ = false;
  std::string& out = work().output;
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  out.append(request.headers.text()).append("\r\n");
}

//: 13.2 write the head of a response, which says how its body ends
inline void Connection::write_head(const Response& response, bool with_body,
                                   const detail::Framing& framing, std::string_view more) {
  AIO_TODO("13.2", "write the head of a response, which says how its body ends");
}

inline void Connection::check_may_write_head() const {
  if (!outgoing_.finished()) throw aio::InvalidStateError("write_head: a body is not finished");
}

/// Says whether the connection stays open, where that does not go without saying.
//: 13.2 say whether the connection stays open, where it does not go without saying
inline void Connection::append_connection(std::string& out, const Headers& headers) {
  AIO_TODO("13.2", "say whether the connection stays open, where it does not go without saying");
}

inline void Connection::write(std::string_view piece) { outgoing_.append(work().output, piece); }

inline void Connection::finish() { outgoing_.finish(work().output); }

inline aio::StreamWait Connection::flush() {
  if (buffered() > 0) {
    channel_.write(work_->output);
    work_->output.clear();
  }
  return channel_.drain();
}

inline aio::Coro<> Connection::linger(std::size_t most) {
  keep_alive_ = false;
  channel_.write_eof();
  for (std::size_t read = 0; read < most;) {
    const std::string rest = co_await channel_.read();
    if (rest.empty()) break;
    read += rest.size();
  }
}

inline void Connection::rest() {
  if (work_ == nullptr) return;
  reading_ = reading_ && !work_->parser.done();
  detail::WorkPool::give_back(std::move(work_));
}

}  // namespace http
