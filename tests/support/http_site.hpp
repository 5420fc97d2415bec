#pragma once
// A server that a client in the same process reaches without a network, for tests of HTTP.
//
//   tests::Site site([](aio::Stream stream) { return http::serve_stream(…); });
//   http::Client client({}, site.connector());

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/sleep.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>
#include <http/url.hpp>

#include "support/http_pair.hpp"

namespace tests {

/// All hosts lead to it. It must outlive the client.
class Site {
 public:
  using Serve = std::function<aio::Coro<>(aio::Stream)>;
  using Answer = std::function<aio::Coro<http::Response>(http::ServerRequest&)>;

  explicit Site(Serve serve) : serve_(std::move(serve)) {}
  /// A real server, with a handler.
  static Site of(Answer answer, http::ServerOptions options = {}) {
    return Site([answer = std::move(answer), options](aio::Stream stream) {
      return http::serve_stream(std::move(stream), answer, options);
    });
  }

  http::Connector connector() {
    return [this](http::Url url) { return connect(std::move(url)); };
  }
  /// Where clients have connected to, in order.
  const std::vector<std::string>& connections() const { return connections_; }
  /// So long does it take to connect.
  std::chrono::nanoseconds delay{};

 private:
  aio::Coro<http::Channel> connect(http::Url url) {
    connections_.push_back(url.origin());
    if (delay.count() > 0) co_await aio::sleep(delay);
    StreamPair pair;
    tasks_.push_back(aio::create_task(serve_(std::move(*pair.far))));
    co_return http::Channel(std::move(*pair.near));
  }

  Serve serve_;
  std::vector<std::string> connections_;
  std::vector<aio::Task<>> tasks_;
};

}  // namespace tests
