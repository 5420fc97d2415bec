#pragma once
// Lesson 13, websocket client: opens a WebSocket by its URL. Given.
//
// Stands on websockets (13), and on what connects clients.

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>
#include <aio/timeout.hpp>
#include <http/client/connector.hpp>
#include <http/connection.hpp>
#include <http/headers.hpp>
#include <http/message.hpp>
#include <http/url.hpp>
#include <http/websocket.hpp>

namespace http {

/// How a client opens a WebSocket.
struct WebSocketClientOptions {
  WebSocketClientOptions() {}

  WebSocketOptions socket;
  /// Go with the request, e.g. Authorization, or Cookie (see CookieJar::header_for()).
  Headers headers;
  /// The origin of the page that asks, e.g. "https://example.com", which servers may check. Empty:
  /// no page does. A program is believed whatever it says here: only browsers tell the truth.
  std::string origin;
  Limits limits;  // of the server's answer
  /// For everything until the WebSocket is open.
  aio::Delay limit = std::chrono::seconds(30);
};

/// Opens a WebSocket, for ws by TCP and for wss under TLS; `connector` says whom it trusts. Throws
/// UrlError for a URL of another kind; std::invalid_argument for headers that are the handshake's
/// own; ProtocolError when the server answers with anything but a WebSocket, and says what;
/// aio::TimeoutError; aio::IncompleteReadError when the server ends before; and what the connector
/// throws. Cancelled, it closes the connection.
///
///   const auto socket = co_await http::connect_websocket("wss://example.com/chat");
///   co_await socket->send("hello");
aio::Coro<std::unique_ptr<WebSocket>> connect_websocket(
    std::string url, WebSocketClientOptions options = WebSocketClientOptions(),
    Connector connector = tcp_connector());

// Implementation

namespace detail {

inline Url websocket_url(std::string_view text) {
  Url url = Url::parse(text);
  if (url.scheme() != "ws" && url.scheme() != "wss") {
    throw UrlError("the URL of a WebSocket begins with ws:// or wss://");
  }
  if (!url.user_info().empty()) {
    throw UrlError("a user and a password do not belong in a URL; set the header Authorization");
  }
  return url;
}

inline void add_headers(Request& request, const WebSocketClientOptions& options) {
  if (!options.origin.empty()) request.headers.add("Origin", options.origin);
  for (const auto [name, value] : options.headers) {
    const bool taken = request.headers.contains(name) ||
                       lowered(name).starts_with("sec-websocket-") ||
                       same_name(name, "Content-Length") || same_name(name, "Transfer-Encoding");
    if (taken) {
      throw std::invalid_argument("connect_websocket: it sets the header " + std::string(name));
    }
    request.headers.add(name, value);
  }
}

inline aio::Coro<std::unique_ptr<WebSocket>> open_websocket(const Url& url,
                                                            const WebSocketClientOptions& options,
                                                            Connector& connector) {
  const std::string key = websocket_key();
  Request request = websocket_request(url, key);
  add_headers(request, options);
  Channel channel = co_await connector(url);
  Connection connection(std::move(channel), options.limits);
  connection.write_head(request);
  co_await connection.flush();
  Response response;
  co_await connection.read_response(response, request.method);
  check_websocket_response(response, key);
  const std::string already = connection.take_input();
  co_return std::make_unique<WebSocket>(std::move(connection.channel()), WebSocketSide::client,
                                        options.socket, already);
}

}  // namespace detail

inline aio::Coro<std::unique_ptr<WebSocket>> connect_websocket(std::string url,
                                                               WebSocketClientOptions options,
                                                               Connector connector) {
  const Url where = detail::websocket_url(url);
  const auto open = [&] { return detail::open_websocket(where, options, connector); };
  co_return co_await aio::timeout(options.limit, open);
}

}  // namespace http
