#pragma once
// Lesson 13, event_stream: events that a server sends while the response lasts (server-sent events,
// what EventSource in a browser reads).
//
// Stands on nothing but messages (13). The format is the HTML standard's, 9.2.
//  1. What a program sends arrives as one event with the same data, whatever lines it has.
//  2. What comes may be cut anywhere, and its lines may end with CR, LF or both.
//  3. Who comes back says which event was the last (Last-Event-ID), and misses none.

#include <charconv>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <http/message.hpp>

namespace http {

/// One event.
struct ServerEvent {
  std::string data;
  std::string type;               // empty: "message"
  std::optional<std::string> id;  // what the client comes back with; nothing: as before
  friend bool operator==(const ServerEvent&, const ServerEvent&) = default;
};

/// An event as it goes over the wire; lines of its data may end with CR, LF or both. Throws
/// std::invalid_argument for a line break or a NUL in the type or the id.
std::string format_event(const ServerEvent& event);
/// A line that clients ignore: it keeps the connection busy while there is no event.
std::string format_comment(std::string_view text = {});
/// Says how long a client waits before it comes back. Throws std::invalid_argument if negative.
std::string format_retry(std::chrono::milliseconds delay);
/// The last event that a client has got before it came back; empty: it has got none.
std::string last_event_id(const Request& request);
/// A response of events, which `write` writes while it lasts.
Response event_stream_response(std::move_only_function<aio::Coro<>(BodyWriter)> write);

/// Makes events of what comes.
class EventParser {
 public:
  /// Throws ProtocolError (502) for an event that is longer than `longest`, in bytes.
  /// `last_id` is of the event that was got before, if there was one.
  explicit EventParser(std::size_t longest = std::size_t{1} << 20, std::string last_id = {})
      : longest_(longest), id_(last_id), last_id_(std::move(last_id)) {}

  void put(std::string_view bytes);
  /// The next event that is complete. Its id is the last one that was given; nothing before that.
  std::optional<ServerEvent> next();
  /// What to come back with, as the value of Last-Event-ID; empty: nothing.
  const std::string& last_id() const { return last_id_; }
  /// How long to wait before that, if the server has said so.
  std::optional<std::chrono::milliseconds> retry() const { return retry_; }
  /// The connection has ended, and a new one begins: an event that is not complete is dropped.
  void restart();

 private:
  void take_line();
  void take_field(std::string_view name, std::string_view value);
  void take_retry(std::string_view value);
  void dispatch();

  std::size_t longest_;
  std::deque<ServerEvent> events_;
  std::string line_, data_, type_;
  std::string id_, last_id_;
  std::optional<std::chrono::milliseconds> retry_;
  bool at_start_ = true;   // a byte order mark may come
  bool after_cr_ = false;  // an LF belongs to the CR before
};

// Implementation

namespace detail {

/// Takes the first line off; its end is CR, LF or both.
inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  if (end == text.npos) {
    text = {};
  } else {
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return line;
}

inline void append_event_field(std::string& out, std::string_view name, std::string_view value) {
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) {
    throw std::invalid_argument("format_event: a line break or a NUL in the " + std::string(name));
  }
  out.append(name).append(": ").append(value).append("\n");
}

/// Each line of a text, with something before it. An end at the very end makes an empty line.
inline std::string prefixed_lines(std::string_view text, std::string_view prefix) {
  std::string out;
  bool more = true;
  while (more) {
    const std::size_t before = text.size();
    const std::string_view line = take_line(text);
    more = before > line.size();
    out.append(prefix).append(line).append("\n");
  }
  return out;
}

}  // namespace detail

inline std::string format_event(const ServerEvent& event) {
  std::string out;
  if (!event.type.empty()) detail::append_event_field(out, "event", event.type);
  if (event.id) detail::append_event_field(out, "id", *event.id);
  return out + detail::prefixed_lines(event.data, "data: ") + "\n";
}

inline std::string format_comment(std::string_view text) {
  return detail::prefixed_lines(text, ": ") + "\n";
}

inline std::string format_retry(std::chrono::milliseconds delay) {
  if (delay.count() < 0) throw std::invalid_argument("format_retry: the delay is negative");
  return "retry: " + std::to_string(delay.count()) + "\n\n";
}

inline std::string last_event_id(const Request& request) {
  return std::string(request.headers.get("Last-Event-ID").value_or(""));
}

inline Response event_stream_response(std::move_only_function<aio::Coro<>(BodyWriter)> write) {
  Response response(200);
  response.headers.add("Content-Type", "text/event-stream");
  response.headers.add("Cache-Control", "no-store");
  response.stream = std::move(write);
  return response;
}

inline void EventParser::put(std::string_view bytes) {
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, end));
    if (line_.size() + data_.size() > longest_) {
      throw ProtocolError(502, "an event of the server is too long");
    }
    if (end == bytes.npos) return;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line();
  }
}

inline void EventParser::take_line() {
  std::string_view line = line_;
  if (std::exchange(at_start_, false) && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  const std::size_t colon = line.find(':');
  if (line.empty()) {
    dispatch();
  } else if (colon == line.npos) {
    take_field(line, {});
  } else if (colon > 0) {
    const bool blank = line.substr(colon + 1).starts_with(' ');
    take_field(line.substr(0, colon), line.substr(colon + (blank ? 2 : 1)));
  }
  line_.clear();
}

inline void EventParser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_.append(value).append("\n");
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id" && value.find('\0') == value.npos) {
    id_ = value;
  } else if (name == "retry") {
    take_retry(value);
  }
}

/// Digits, and nothing else.
inline void EventParser::take_retry(std::string_view value) {
  std::chrono::milliseconds::rep count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  const bool whole = error == std::errc() && end == value.data() + value.size();
  if (whole && value.front() != '-') retry_ = std::chrono::milliseconds(count);
}

/// What has no data is no event, but its id counts.
inline void EventParser::dispatch() {
  last_id_ = id_;
  const std::string type = std::exchange(type_, {});
  std::string data = std::exchange(data_, {});
  if (data.empty()) return;
  data.pop_back();
  const auto id = last_id_.empty() ? std::nullopt : std::optional(last_id_);
  events_.push_back({std::move(data), type, id});
}

inline std::optional<ServerEvent> EventParser::next() {
  if (events_.empty()) return std::nullopt;
  ServerEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

inline void EventParser::restart() {
  line_.clear();
  data_.clear();
  type_.clear();
  id_ = last_id_;
  at_start_ = true;
  after_cr_ = false;
}

}  // namespace http
