#pragma once
// Lesson 13, event source: follows the events of a server, and comes back when they break off.
// Given.
//
// Stands on clients and event streams (13). It does what EventSource does in a browser: HTML
// standard, 9.2.
//  1. A connection that ends or fails is made again, after a while, and for as long as it takes.
//  2. The server is told which event was the last, so that none is missed and none comes twice.
//  3. An answer that is no event stream ends it: asking again would bring the same.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/sleep.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <http/client.hpp>
#include <http/event_stream.hpp>
#include <http/headers.hpp>
#include <http/message.hpp>

namespace http {

/// How events are followed.
struct EventSourceOptions {
  EventSourceOptions() {}

  Headers headers;      // of every request
  std::string last_id;  // of an event that was got before, e.g. by the program's last run
  /// How long to wait before coming back, until the server says how long. It is doubled with every
  /// attempt that fails, up to `most`.
  std::chrono::nanoseconds retry = std::chrono::seconds(3);
  std::chrono::nanoseconds most = std::chrono::minutes(1);
  std::size_t longest_event = std::size_t{1} << 20;  // in bytes
};

/// The events of one URL. One task asks at a time. Not movable: coroutines refer to it.
///
///   http::EventSource source(client, "http://localhost:8000/readings");
///   while (auto event = co_await source.next()) std::cout << event->data << "\n";
class EventSource {
 public:
  /// REQUIRES: the client outlives it. The client's time limit `whole` does not count here;
  /// `between` does: a server that sends nothing for so long, not even a comment, is taken for
  /// lost.
  EventSource(Client& client, std::string url, EventSourceOptions options = EventSourceOptions())
      : client_(client),
        url_(std::move(url)),
        options_(std::move(options)),
        parser_(options_.longest_event, options_.last_id) {}
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  /// The next event; nothing once the server has said that no more will come (204). Throws
  /// ProtocolError for an answer that is no event stream, and what Client::open() throws for what
  /// coming back does not mend, e.g. a certificate that is not valid; called again, it tries again.
  /// Cancelled, it has lost no event.
  aio::Coro<std::optional<ServerEvent>> next();
  /// Of the last event that has come.
  const std::string& last_id() const { return parser_.last_id(); }

 private:
  aio::Coro<> connect();
  aio::Coro<> open();
  aio::Coro<> read();
  aio::Coro<bool> attempt(aio::Coro<> step, bool counts);
  void check_answer(const ClientResponse& response);
  void come_back(bool failed);
  RequestOptions request() const;

  Client& client_;
  std::string url_;
  EventSourceOptions options_;
  EventParser parser_;
  std::optional<ClientResponse> response_;
  std::optional<aio::Clock::time_point> due_;  // when to come back
  int failures_ = 0;                           // in a row
  bool over_ = false;
};

// Implementation

inline aio::Coro<std::optional<ServerEvent>> EventSource::next() {
  while (true) {
    if (std::optional<ServerEvent> event = parser_.next()) co_return event;
    if (over_) co_return std::nullopt;
    if (response_) {
      co_await attempt(read(), false);
    } else {
      co_await connect();
    }
  }
}

inline aio::Coro<> EventSource::connect() {
  if (due_) co_await aio::sleep(*due_ - aio::running_loop().time());
  due_.reset();
  const bool answered = co_await attempt(open(), true);
  if (answered) parser_.restart();
}

/// Returns false after a failure that may be mended by coming back, which comes next.
inline aio::Coro<bool> EventSource::attempt(aio::Coro<> step, bool counts) {
  try {
    co_await std::move(step);
    co_return true;
  } catch (const std::system_error&) {
  } catch (const aio::TimeoutError&) {
  } catch (const aio::IncompleteReadError&) {
  } catch (const std::exception&) {
    come_back(counts);
    throw;
  }
  come_back(counts);
  co_return false;
}

inline aio::Coro<> EventSource::open() {
  ClientResponse response = co_await client_.open("GET", url_, request());
  if (response.status == 204) {
    over_ = true;
    co_return;
  }
  check_answer(response);
  response_.emplace(std::move(response));
  failures_ = 0;
}

inline RequestOptions EventSource::request() const {
  RequestOptions wanted;
  wanted.headers = options_.headers;
  wanted.headers.set("Accept", "text/event-stream");
  wanted.headers.set("Accept-Encoding", "identity");  // so that nobody gathers events to pack them
  wanted.headers.set("Cache-Control", "no-store");
  if (!last_id().empty()) wanted.headers.set("Last-Event-ID", last_id());
  wanted.whole = std::chrono::nanoseconds::max();
  return wanted;
}

inline void EventSource::check_answer(const ClientResponse& response) {
  const std::string_view type = response.headers.get("Content-Type").value_or("");
  const std::string_view kind = trimmed(type.substr(0, type.find(';')));
  if (response.status == 200 && same_name(kind, "text/event-stream")) return;
  throw ProtocolError(502, "the server has no events there: it answers " +
                               std::to_string(response.status) + " with " +
                               (type.empty() ? "no type" : std::string(type)));
}

/// An event that has begun to come is none, and comes again.
inline aio::Coro<> EventSource::read() {
  const std::string piece = co_await response_->read();
  parser_.put(piece);
  if (piece.empty()) come_back(false);
}

/// A connection that was made and has ended does not count as an attempt that failed.
inline void EventSource::come_back(bool failed) {
  response_.reset();
  parser_.restart();
  if (over_) return;
  std::chrono::nanoseconds delay = options_.retry;
  if (parser_.retry()) delay = aio::Delay(*parser_.retry()).count();
  const std::chrono::nanoseconds most = std::max(delay, options_.most);
  for (int i = 0; i < failures_ && delay < most; ++i) delay += std::min(delay, most - delay);
  if (failed) ++failures_;
  due_ = aio::Delay(delay).after(aio::running_loop().time());
}

}  // namespace http
