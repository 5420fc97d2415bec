#pragma once
// Your layer of lesson 13. Check it with: ./learn check 13
// How a connection becomes a WebSocket: RFC 6455, 4. Functions over the heads of messages, for both
// sides.

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>

#include <http/headers.hpp>
#include <http/message.hpp>
#include <http/url.hpp>
#include <http/websocket/crypto.hpp>
#include <aio/support/todo.hpp>

namespace http {

namespace layers {
inline constexpr const char* handshake = __FILE__;  // which copy was compiled; tests print it
}

/// Decides whether a server takes a request for a WebSocket. A browser lets the script of any page
/// open one, and sends the cookies of the host that it leads to: `Origin` says whose page it is.
using AcceptsOrigin = std::function<bool(const Request&)>;

/// Whether the request comes from a page of this host, or from no page at all. `Origin` is a
/// scheme, `://`, and what the page's own requests have as their `Host`.
bool same_origin(const Request& request);

/// The server's answer: 101, or why not. 400 for a request that is none for a WebSocket, 403 for an
/// origin that is not accepted, 405 for another method than GET, 426 for another version. 405 says
/// in `Allow` which method there is, 426 in Sec-WebSocket-Version which version.
/// `accepts`: none accepts everybody.
Response websocket_response(const Request& request, const AcceptsOrigin& accepts = same_origin);

/// A new key for a request.
std::string websocket_key();
/// The client's request.
Request websocket_request(const Url& url, std::string_view key);
/// Throws ProtocolError unless the response says that the connection is a WebSocket now.
void check_websocket_response(const Response& response, std::string_view key);

namespace detail {

/// RFC 6455, 4.2.2: this text is put behind the key. It stands for nothing; whoever knows it speaks
/// WebSocket.
inline constexpr std::string_view key_ending = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What a server makes of a client's key, so that nobody takes another answer for this one: the
/// Base64 of the SHA-1 of the key and key_ending.
//: 13.6 answer a key
inline std::string accept_for(std::string_view key) {
  AIO_TODO("13.6", "answer a key");
}

/// Whether it is the Base64 of 16 bytes.
constexpr bool is_websocket_key(std::string_view key) {
  const auto is_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return key.size() == 24 && key.ends_with("==") &&
         std::all_of(key.begin(), key.end() - 2, is_digit);
}

inline Response websocket_refusal(int status, std::string why) {
  return Response(status, std::move(why) + "\n");
}

}  // namespace detail

// Implementation

//: 13.6 does the page that asks come from here?
inline bool same_origin(const Request& request) {
  AIO_TODO("13.6", "does the page that asks come from here?");
}

//: 13.6 open a WebSocket, or say why not
inline Response websocket_response(const Request& request, const AcceptsOrigin& accepts) {
  AIO_TODO("13.6", "open a WebSocket, or say why not");
}

inline std::string websocket_key() {
  std::array<unsigned char, 16> bytes;
  detail::fill_randomly(bytes);
  return detail::base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

inline Request websocket_request(const Url& url, std::string_view key) {
  Request request("GET", url.target());
  request.headers.add("Host", url.authority());
  request.headers.add("Upgrade", "websocket");
  request.headers.add("Connection", "Upgrade");
  request.headers.add("Sec-WebSocket-Version", "13");
  request.headers.add("Sec-WebSocket-Key", key);
  return request;
}

inline void check_websocket_response(const Response& response, std::string_view key) {
  const Headers& headers = response.headers;
  if (response.status != 101) {
    throw ProtocolError(
        502, "the server opens no WebSocket, it answers " + std::to_string(response.status));
  }
  if (!headers.has_token("Upgrade", "websocket") || !headers.has_token("Connection", "Upgrade")) {
    throw ProtocolError(502, "the server switches to something else than a WebSocket");
  }
  if (headers.count("Sec-WebSocket-Accept") != 1 ||
      headers.get("Sec-WebSocket-Accept") != detail::accept_for(key)) {
    throw ProtocolError(502, "the server has not answered this request for a WebSocket");
  }
  if (headers.contains("Sec-WebSocket-Extensions") || headers.contains("Sec-WebSocket-Protocol")) {
    throw ProtocolError(502, "the server wants an extension or a protocol that nobody offered");
  }
}

}  // namespace http
