#pragma once
// What is looked at when a head has been parsed: whether the message has one meaning, where its
// body ends, and whether it names the host that it wants. RFC 9112, 3.2, 6.1 and 6.3.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <http/connection/limits.hpp>
#include <http/headers.hpp>
#include <http/message.hpp>
#include <http/url.hpp>

namespace http::detail {

/// How the end of a body is known. Neither of both: a request has none, a response ends with the
/// connection.
struct Framing {
  bool chunked = false;
  std::optional<std::uint64_t> length;
};

/// Digits only, and not more than 18 of them.
inline std::optional<std::uint64_t> length_of(std::string_view text) {
  if (text.empty() || text.size() > 18 || !std::ranges::all_of(text, is_digit)) return {};
  std::uint64_t length = 0;
  for (const char digit : text) length = length * 10 + static_cast<std::uint64_t>(digit - '0');
  return length;
}

/// Throws ProtocolError with `status` where two programs may find two ends.
inline Framing framing_of(const Headers& headers, int minor, int status) {
  const std::size_t codings = headers.count("Transfer-Encoding");
  const std::size_t lengths = headers.count("Content-Length");
  if (codings > 0 && lengths > 0) {
    throw ProtocolError(status, "Content-Length and Transfer-Encoding exclude each other");
  }
  if (codings > 1 || lengths > 1) throw ProtocolError(status, "the body has two lengths");
  Framing framing;
  if (codings == 1) {
    if (minor == 0) throw ProtocolError(status, "HTTP/1.0 has no Transfer-Encoding");
    framing.chunked = same_name(*headers.get("Transfer-Encoding"), "chunked");
    if (!framing.chunked) throw ProtocolError(status, "chunked is the only coding for transfer");
  }
  if (lengths == 1) {
    framing.length = length_of(*headers.get("Content-Length"));
    if (!framing.length) throw ProtocolError(status, "Content-Length is no number of bytes");
  }
  return framing;
}

/// A host as `Host` names it: no user, no path, and a port that is a number.
inline bool is_authority(std::string_view text) {
  if (text.empty()) return false;
  const std::size_t bracket = text.front() == '[' ? std::min(text.find(']'), text.size()) : 0;
  const std::size_t colon = std::min(text.find(':', bracket), text.size());
  const std::string_view port = text.substr(std::min(colon + 1, text.size()));
  const std::string_view host = text.substr(0, colon);
  const bool is_name = std::ranges::all_of(
      host, [](char c) { return is_unreserved(c) || std::string_view("!$&'()*+,;=").contains(c); });
  return !host.empty() && (is_name || is_host(host)) && port.size() <= 5 &&
         std::ranges::all_of(port, is_digit);
}

/// "/path", "http://host/path", or "*" for OPTIONS. A URL becomes its path, and what it names
/// counts more than `Host` does. Throws ProtocolError for another target.
inline void check_target(Request& request) {
  const std::string& target = request.target;
  if (target == "*") {
    if (request.method == "OPTIONS") return;
    throw ProtocolError(400, "only OPTIONS asks for *");
  }
  if (request.method == "CONNECT") throw ProtocolError(501, "this server is no proxy");
  const char* const wrong = unusable_target(target);
  if (wrong != nullptr) throw ProtocolError(400, wrong);
  if (target.starts_with('/')) return;
  try {
    const Url url = Url::parse(target);
    if (url.user_info().empty() && (url.scheme() == "http" || url.scheme() == "https")) {
      request.headers.set("Host", url.authority());
      request.target = url.target();
      return;
    }
  } catch (const UrlError&) {
  }
  throw ProtocolError(400, "the target is neither a path nor a URL");
}

inline void check_host(const Request& request) {
  const std::size_t hosts = request.headers.count("Host");
  if (hosts == 0 && request.minor == 0) return;
  if (hosts != 1) throw ProtocolError(400, "HTTP/1.1 wants exactly one Host");
  if (!is_authority(*request.headers.get("Host"))) throw ProtocolError(400, "Host names no host");
}

/// How the body of a request ends. Throws ProtocolError for a head that nobody may act on.
inline Framing check_request(Request& request, const Limits& limits) {
  const Framing framing = framing_of(request.headers, request.minor, 400);
  check_host(request);
  check_target(request);
  if (framing.length.value_or(0) > limits.body) throw ProtocolError(413, "the body is too large");
  return framing;
}

inline Framing check_response(const Response& response, bool with_body, const Limits& limits) {
  const Framing framing = framing_of(response.headers, response.minor, 502);
  if (with_body && framing.length.value_or(0) > limits.body) {
    throw ProtocolError(413, "the body of the response is too large");
  }
  return framing;
}

}  // namespace http::detail
