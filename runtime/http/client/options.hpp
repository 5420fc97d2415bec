#pragma once
// How a client works, and what one request may want.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <http/connection/limits.hpp>
#include <http/cookies.hpp>
#include <http/headers.hpp>

namespace http {

/// How a client works.
struct ClientOptions {
  ClientOptions() { limits.body = std::uint64_t{64} * 1024 * 1024; }

  /// Of every response. `limits.body` counts for the body as it came and as it is decoded.
  Limits limits;
  /// Go with every request that has none of the same name.
  Headers headers = {{"User-Agent", "loopwright"}};

  /// How many connections may be in use, to one origin and in all. More requests wait, and go on in
  /// the order in which they came.
  std::size_t per_origin = 10;
  std::size_t total = 100;
  /// How long a connection is kept that nobody uses, unless the server says that it keeps it for
  /// less. It should be less: a request that crosses the end of its connection is lost.
  std::chrono::nanoseconds idle = std::chrono::seconds(15);

  /// How long it may take to connect.
  std::chrono::nanoseconds connect = std::chrono::seconds(30);
  /// From the request to the head of the response, and from one piece of the body to the next.
  std::chrono::nanoseconds between = std::chrono::seconds(60);
  /// For everything: the wait for a connection, all redirects, and the body.
  std::chrono::nanoseconds whole = std::chrono::minutes(5);

  /// How many redirects in a row are followed.
  int redirects = 10;
  /// Asks for bodies in gzip, and decodes them.
  bool decode = true;
  /// Keeps the cookies that servers set, and sends them back: of this client alone, or of all that
  /// are given the same jar. Nothing: cookies are ignored. A request that has a `Cookie` of its own
  /// sends that and none of the jar's.
  std::shared_ptr<CookieJar> cookies;
};

/// What one request wants beside its method and its URL.
struct RequestOptions {
  RequestOptions() {}
  explicit RequestOptions(std::string content) : body(std::move(content)) {}

  Headers headers;
  std::string body;
  /// Follows redirects; else they are handed over.
  bool follow = true;
  /// How long everything may take, instead of what the client's options say.
  std::optional<std::chrono::nanoseconds> whole;
};

}  // namespace http
