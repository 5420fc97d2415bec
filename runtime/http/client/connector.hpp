#pragma once
// How a client connects.

#include <functional>
#include <optional>
#include <utility>

#include <aio/connect.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <http/connection/channel.hpp>
#include <http/tls.hpp>
#include <http/url.hpp>

namespace http {

/// Connects to the origin of a URL.
using Connector = std::move_only_function<aio::Coro<Channel>(Url)>;

/// Connects by TCP, and goes on under TLS for https and wss. Who answers there must be trusted by
/// `trust`, without it by the system. It throws what aio::open_connection() and tls::start_tls()
/// throw.
Connector tcp_connector(std::optional<tls::Context> trust = {});

// Implementation

namespace detail {

inline aio::Coro<Channel> connect_to_origin(Url url, std::optional<tls::Context> trust) {
  aio::Stream stream = co_await aio::open_connection(url.host(), url.port());
  if (!url.secure()) co_return Channel(std::move(stream));
  tls::Stream secret = co_await tls::start_tls(std::move(stream), *trust, url.host());
  co_return Channel(std::move(secret));
}

}  // namespace detail

inline Connector tcp_connector(std::optional<tls::Context> trust) {
  return [trust = std::move(trust)](Url url) mutable {
    if (url.secure() && !trust) trust = tls::Context::client();
    return detail::connect_to_origin(std::move(url), trust);
  };
}

}  // namespace http
