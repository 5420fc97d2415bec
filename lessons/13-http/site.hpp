#pragma once
// The internet, as far as the crawler is concerned: pages on two hosts that lead to each other.
// Some links lead over redirects, some nowhere, some elsewhere; and some pages are busy when they
// are asked for the first time.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>

/// It must outlive its requests.
class Site {
 public:
  /// Each answer takes `delay`.
  explicit Site(int pages, std::chrono::milliseconds delay = std::chrono::milliseconds(5))
      : pages_(pages), delay_(delay) {}
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  aio::Coro<> start() {
    left_.server = co_await http::serve(routes(left_), "127.0.0.1", 0);
    right_.server = co_await http::serve(routes(right_), "127.0.0.1", 0);
  }
  /// Where to begin.
  std::string front() const { return url_of(0); }
  /// The most requests that one host has had at a time.
  int busiest() const { return std::max(left_.most, right_.most); }

 private:
  struct Host {
    std::optional<http::Server> server;
    int now = 0, most = 0;  // requests
  };

  http::Router routes(Host& host) {
    http::Router router;
    const auto counted = [this, &host](http::ServerRequest& request, http::Handler& handler) {
      return count(host, request, handler);
    };
    router.use(counted);
    router.get("/pages/{n}", [this](http::ServerRequest& request) {
      return page(std::stoi(request.parameter("n")));
    });
    router.get("/old/{n}", [this](http::ServerRequest& request) {
      return moved(std::stoi(request.parameter("n")));
    });
    return router;
  }

  aio::Coro<http::Response> count(Host& host, http::ServerRequest& request,
                                  http::Handler& handler) {
    host.most = std::max(host.most, ++host.now);
    http::Response response = co_await handler(request);
    --host.now;
    co_return response;
  }

  aio::Coro<http::Response> page(int n) {
    co_await aio::sleep(delay_);
    if (n >= pages_) co_return http::Response(404, "There is no page " + std::to_string(n) + ".");
    if (n % 50 == 7 && was_busy_.insert(n).second) co_return http::Response(503, "Not now.");
    co_return http::Response(200, html(n), "text/html; charset=utf-8");
  }

  aio::Coro<http::Response> moved(int n) {
    http::Response response(301, "It has moved.");
    response.headers.add("Location", url_of(n));
    co_return response;
  }

  /// Pages with an even number are on the left host.
  std::string url_of(int n, const std::string& folder = "/pages/") const {
    const Host& host = n % 2 == 0 ? left_ : right_;
    return "http://127.0.0.1:" + std::to_string(host.server->port()) + folder + std::to_string(n);
  }

  std::string html(int n) const {
    std::string text = "<title>Page " + std::to_string(n) + "</title>\n";
    const auto add = [&text](const std::string& url) { text += "<a href=\"" + url + "\">…</a>\n"; };
    for (int child = 4 * n + 1; child <= 4 * n + 4 && child < pages_; ++child) {
      add(url_of(child, child % 10 == 0 ? "/old/" : "/pages/"));
    }
    add(std::to_string((n + 2) % pages_) + "#top");  // on the same host
    if (n % 100 == 99) add(url_of(n + 9000));
    if (n % 250 == 0) add("https://elsewhere.example/");
    if (n == 0) add("mailto:somebody@elsewhere.example");
    return text;
  }

  int pages_;
  std::chrono::milliseconds delay_;
  Host left_, right_;
  std::set<int> was_busy_;
};
