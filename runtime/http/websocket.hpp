#pragma once
// Lesson 13, websocket: messages in both directions over one connection.
//
// Stands on a channel, and on frames that a library reads and writes (wslay).
//  8. A message arrives whole, or not at all, whatever fragments it came in.
//  9. Sending waits while the other side does not keep up.
// 10. Each side says that it closes, and waits for the other to say the same, but not for ever.
//     What breaks the protocol ends the connection, and the other side is told why.
//
// Somebody who is silent is asked whether he is there (Ping).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/event.hpp>
#include <aio/support/errors.hpp>
#include <aio/timeout.hpp>
#include <http/connection.hpp>
#include <http/connection/channel.hpp>
#include <http/message.hpp>
#include <http/websocket/errors.hpp>
#include <http/websocket/frames.hpp>
#include <http/websocket/handshake.hpp>
#include <http/websocket/options.hpp>

namespace http {

namespace layers {
inline constexpr const char* websocket = __FILE__;  // which copy was compiled; tests print it
}

/// One side of a WebSocket, once the handshake is over (websocket_response() and its like). One
/// task receives at a time; any task may send. Not movable: coroutines refer to it. Destroyed
/// without close(), it ends at once.
class WebSocket {
 public:
  /// `already`: what has come after the handshake, see Connection::take_input().
  WebSocket(Channel channel, WebSocketSide side,
            const WebSocketOptions& options = WebSocketOptions(), std::string_view already = {})
      : own_(std::move(channel)),
        channel_(*own_),
        frames_(side, options.longest_message),
        options_(options),
        side_(side) {
    begin(already);
  }
  /// The same on the channel of a connection that went through the handshake, and is used by
  /// nobody else from now on. REQUIRES: it outlives the WebSocket.
  WebSocket(Connection& connection, WebSocketSide side,
            const WebSocketOptions& options = WebSocketOptions());
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// The next message; nothing once the other side has closed, see close_code(). Pings are answered
  /// while somebody receives, and an other side that is silent is asked. Throws WebSocketError when
  /// the connection ends in another way, std::system_error when it fails. Cancelled, it has lost
  /// nothing.
  aio::Coro<std::optional<WebSocketMessage>> receive();

  /// Sends text, which must be UTF-8 (std::invalid_argument), and waits until there is room for
  /// more. Throws WebSocketClosed when either side has closed, std::system_error when the
  /// connection fails. Cancelled, it has sent all of it nevertheless.
  aio::Coro<> send(std::string text);
  /// The same with bytes.
  aio::Coro<> send_bytes(std::string data);
  /// Says that this side closes, waits until the other one has said so too, and ends the
  /// connection. Messages that come meanwhile go to who receives, or are lost. Idempotent. Throws
  /// std::invalid_argument for a code that nobody may send, or a reason that is no UTF-8 or longer
  /// than 123 bytes. Cancelled, it ends the connection at once.
  aio::Coro<> close(std::uint16_t code = 1000, std::string reason = {});
  /// Ends the connection now.
  void abort() { channel_.abort(); }

  /// What the other side has closed with; 1005 if it gave no code, 1006 if it has not closed.
  std::uint16_t close_code() const { return frames_.close_code(); }
  const std::string& close_reason() const { return frames_.close_reason(); }
  bool is_closing() const {
    return frames_.close_sent() || frames_.over() || channel_.is_closing();
  }

 private:
  using Time = aio::Clock::time_point;

  void begin(std::string_view already);
  aio::Coro<> post(std::string data, bool is_text);
  aio::Coro<> read_some();
  aio::Coro<std::string> next_bytes();
  aio::Coro<std::string> bytes_until(Time when, bool& late);
  aio::Coro<> wait_for_end();
  aio::Coro<> hang_up();
  aio::Coro<> read_to_end();
  void flush();
  void heard() { asked_ = false, deadline_.reset(); }

  std::optional<Channel> own_;
  Channel& channel_;
  detail::Frames frames_;
  WebSocketOptions options_;
  WebSocketSide side_;
  aio::Event over_;               // for who closes while another task receives
  std::optional<Time> deadline_;  // of what is awaited: to ask, or for the answer
  bool asked_ = false;            // a Ping is out, and nothing has come since
  bool receiving_ = false;
  bool cut_ = false;     // the connection has ended without a Close
  bool silent_ = false;  // or was ended, since the other side did not answer
  bool hung_up_ = false;
};

/// A server's answer to a request: a WebSocket, which `serve`, a callable that takes a WebSocket&
/// and returns a Coro<>, has until it ends; or a refusal, see websocket_response(). What `serve`
/// leaves open is closed: with 1000, or with 1011 when it throws.
///
///   router.get("/chat", [](const http::ServerRequest& request) -> Coro<Response> {
///     co_return http::serve_websocket(request, chat);
///   });
template <class Serve>
Response serve_websocket(const Request& request, Serve serve,
                         const WebSocketOptions& options = WebSocketOptions(),
                         const AcceptsOrigin& accepts = same_origin);

// Implementation

inline WebSocket::WebSocket(Connection& connection, WebSocketSide side,
                            const WebSocketOptions& options)
    : channel_(connection.channel()),
      frames_(side, options.longest_message),
      options_(options),
      side_(side) {
  begin(connection.take_input());
}

inline void WebSocket::begin(std::string_view already) {
  frames_.put(already);
  flush();
}

//: 13.7 return the next message, or how it ended
inline aio::Coro<std::optional<WebSocketMessage>> WebSocket::receive() {
  while (true) {
    if (std::optional<WebSocketMessage> message = frames_.next()) co_return message;
    if (frames_.over() || cut_) break;
    co_await read_some();
  }
  co_await hang_up();
  if (silent_) throw WebSocketError(1006, "the other side has not answered a Ping");
  if (frames_.failure() != 0) throw WebSocketError(frames_.failure());
  if (!frames_.close_received()) throw WebSocketError(1006, "the connection ended without a Close");
  co_return std::nullopt;
}

//: 13.7 take what has come, and send what it calls for
inline aio::Coro<> WebSocket::read_some() {
  if (receiving_) throw aio::InvalidStateError("receive: another task receives already");
  const detail::Raised receiving(receiving_);
  const std::string bytes = co_await next_bytes();
  cut_ = bytes.empty();
  if (!cut_) heard();
  frames_.put(bytes);
  flush();
  if (!frames_.over() && !cut_) co_return co_await channel_.drain();
  over_.set();
}

/// What has come; empty at the end. Asks an other side that is silent whether it is there.
inline aio::Coro<std::string> WebSocket::next_bytes() {
  if (!options_.ping_interval) co_return co_await channel_.read();
  while (true) {
    const aio::Delay patience = asked_ ? options_.pong_limit : *options_.ping_interval;
    if (!deadline_) deadline_ = patience.after(aio::running_loop().time());
    bool late = false;
    std::string bytes = co_await bytes_until(*deadline_, late);
    if (!late) co_return bytes;
    deadline_.reset();
    if (asked_) {
      silent_ = true;
      channel_.abort();
      co_return std::string();
    }
    asked_ = true;
    if (!frames_.close_sent()) frames_.ping();
    flush();
  }
}

inline aio::Coro<std::string> WebSocket::bytes_until(Time when, bool& late) {
  const auto read = [this]() -> aio::Coro<std::string> { co_return co_await channel_.read(); };
  try {
    co_return co_await aio::timeout_at(when, read);
  } catch (const aio::TimeoutError&) {
    late = true;
  }
  co_return std::string();
}

inline aio::Coro<> WebSocket::send(std::string text) {
  if (!detail::is_utf8(text)) throw std::invalid_argument("WebSocket::send: the text is no UTF-8");
  return post(std::move(text), true);
}

inline aio::Coro<> WebSocket::send_bytes(std::string data) { return post(std::move(data), false); }

//: 13.7 send a message, and wait for room
inline aio::Coro<> WebSocket::post(std::string data, bool is_text) {
  if (is_closing() || frames_.close_received()) throw WebSocketClosed();
  frames_.send(data, is_text);
  flush();
  co_await channel_.drain();
}

inline void WebSocket::flush() {
  if (const std::string output = frames_.take_output(); !output.empty()) channel_.write(output);
}

//: 13.7 say goodbye, and do not wait for ever
inline aio::Coro<> WebSocket::close(std::uint16_t code, std::string reason) {
  detail::check_close(code, reason);
  frames_.close(code, reason);
  flush();
  const detail::Finally end([this] { channel_.close(); });
  const auto wait = [this] { return wait_for_end(); };
  try {
    co_await aio::timeout(options_.close_limit, wait);
  } catch (const aio::TimeoutError&) {
    channel_.abort();
  } catch (const std::system_error&) {  // the connection is over anyway
  }
}

//: 13.7 wait until both have said so
inline aio::Coro<> WebSocket::wait_for_end() {
  while (!frames_.over() && !cut_) {
    if (receiving_) {
      co_await over_.wait();
    } else {
      co_await read_some();
      frames_.drop_messages();
    }
  }
  co_await hang_up();
}

/// After our last words. The server closes first; and a connection that is closed with bytes unread
/// is reset, so that our last words would be lost.
inline aio::Coro<> WebSocket::hang_up() {
  if (std::exchange(hung_up_, true) || channel_.is_closing()) co_return;
  const bool agreed = frames_.failure() == 0 && !cut_;
  if (cut_ || (agreed && side_ == WebSocketSide::server)) co_return channel_.close();
  channel_.write_eof();
  const auto rest = [this] { return read_to_end(); };
  try {
    co_await aio::timeout(options_.hang_up_limit, rest);
    channel_.close();
  } catch (const aio::TimeoutError&) {
    channel_.abort();
  } catch (const std::exception&) {  // the other side is gone, one way or another
    channel_.close();
  }
}

inline aio::Coro<> WebSocket::read_to_end() {
  std::string late;
  do {
    late = co_await channel_.read();
  } while (!late.empty());
}

namespace detail {

template <class Serve>
aio::Coro<> serve_on(Connection* connection, Serve serve, WebSocketOptions options) {
  WebSocket socket(*connection, WebSocketSide::server, options);
  std::exception_ptr failure;
  try {
    co_await serve(socket);
  } catch (const std::exception&) {
    failure = std::current_exception();
  }
  if (!socket.is_closing()) co_await socket.close(failure ? 1011 : 1000);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail

template <class Serve>
Response serve_websocket(const Request& request, Serve serve, const WebSocketOptions& options,
                         const AcceptsOrigin& accepts) {
  Response response = websocket_response(request, accepts);
  if (response.status != 101) return response;
  response.takeover = [serve = std::move(serve), options](Connection* connection) mutable {
    return detail::serve_on(connection, std::move(serve), options);
  };
  return response;
}

}  // namespace http
