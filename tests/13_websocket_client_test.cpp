// Lesson 13: a WebSocket that is opened by its URL.

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/task.hpp>
#include <http/server.hpp>
#include <http/websocket_client.hpp>

#include "support/certificates.hpp"
#include "support/http_site.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;
using http::Response, http::ServerRequest, http::WebSocket, http::WebSocketClientOptions;
using namespace std::chrono_literals;

Coro<> echo(WebSocket& socket) {
  while (auto message = co_await socket.receive()) co_await socket.send(std::move(message->data));
}

/// Greets with what it was asked, and echoes then.
Coro<Response> chat(ServerRequest& request) {
  std::string greeting = request.target;
  for (const char* const name : {"Host", "Origin", "Authorization"}) {
    greeting += " " + std::string(request.headers.get(name).value_or("-"));
  }
  co_return http::serve_websocket(
      request,
      [greeting](WebSocket& socket) -> Coro<> {
        co_await socket.send(greeting);
        co_await echo(socket);
      },
      {}, [](const http::Request& asked) { return asked.headers.get("Origin") != "http://evil"; });
}

template <class Talk>
void with_site(Talk talk) {
  const auto all = [&]() -> Coro<> {
    tests::Site site = tests::Site::of(chat);
    co_await talk(site);
  };
  tests::run_virtual(all());
}

/// What goes wrong.
Coro<std::string> failure(tests::Site& site, std::string url, WebSocketClientOptions options = {}) {
  try {
    co_await http::connect_websocket(url, options, site.connector());
  } catch (const http::UrlError&) {
    co_return "UrlError";
  } catch (const std::invalid_argument&) {
    co_return "invalid_argument";
  } catch (const http::ProtocolError& error) {
    co_return error.what();
  } catch (const aio::TimeoutError&) {
    co_return "TimeoutError";
  } catch (const aio::IncompleteReadError&) {
    co_return "IncompleteReadError";
  }
  co_return "";
}

TEST(WebSocketClient, OpensAndCarriesMessages) {
  with_site([](tests::Site& site) -> Coro<> {
    WebSocketClientOptions options;
    options.origin = "http://page";
    options.headers = {{"Authorization", "Bearer x"}};
    const auto socket =
        co_await http::connect_websocket("ws://h:81/chat?x#y", options, site.connector());
    EXPECT_EQ((co_await socket->receive())->data, "/chat?x h:81 http://page Bearer x");
    co_await socket->send("hello");
    EXPECT_EQ((co_await socket->receive())->data, "hello");
    co_await socket->close();
    EXPECT_EQ(socket->close_code(), 1000);
  });
}

TEST(WebSocketClient, SaysWhatTheServerAnswers) {
  with_site([](tests::Site& site) -> Coro<> {
    WebSocketClientOptions options;
    options.origin = "http://evil";
    EXPECT_EQ(co_await failure(site, "ws://h/", options),
              "the server opens no WebSocket, it answers 403");
  });
}

TEST(WebSocketClient, RefusesUrlsAndHeadersThatAreNotForIt) {
  with_site([](tests::Site& site) -> Coro<> {
    EXPECT_EQ(co_await failure(site, "http://h/"), "UrlError");
    EXPECT_EQ(co_await failure(site, "ws://user:password@h/"), "UrlError");
    for (const char* const name : {"host", "Upgrade", "sec-websocket-protocol", "Origin"}) {
      WebSocketClientOptions options;
      options.origin = "http://page";
      options.headers.add(name, "x");
      EXPECT_EQ(co_await failure(site, "ws://h/", options), "invalid_argument") << name;
    }
    EXPECT_TRUE(site.connections().empty());
  });
}

TEST(WebSocketClient, WaitsOnlySoLong) {
  const auto all = []() -> Coro<> {
    tests::Site silent([](aio::Stream stream) -> Coro<> { co_await stream.read_all(); });
    WebSocketClientOptions options;
    options.limit = 5s;
    const auto start = aio::running_loop().time();
    EXPECT_EQ(co_await failure(silent, "ws://h/", options), "TimeoutError");
    EXPECT_EQ(aio::running_loop().time() - start, 5s);
  };
  tests::run_virtual(all());
}

TEST(WebSocketClient, TellsAServerThatEndsFromOneThatRefuses) {
  const auto all = []() -> Coro<> {
    tests::Site gone([](aio::Stream stream) -> Coro<> {
      co_await stream.read();
      stream.close();
    });
    EXPECT_EQ(co_await failure(gone, "ws://h/"), "IncompleteReadError");
  };
  tests::run_virtual(all());
}

TEST(WebSocketClient, GoesUnderTlsWhereTheUrlSaysSo) {
  const tests::Authority authority;
  const auto files = authority.issue("localhost");
  const auto all = [&]() -> Coro<> {
    http::ServerOptions options;
    options.tls = http::tls::Context::server(files.certificate, files.key);
    http::Server server = co_await http::serve(chat, "localhost", 0, options);
    const auto trust =
        http::tls::Context::client(http::tls::ClientOptions(authority.certificate()));
    const std::string url = "wss://localhost:" + std::to_string(server.port()) + "/";
    const auto socket =
        co_await http::connect_websocket(url, WebSocketClientOptions(), http::tcp_connector(trust));
    EXPECT_TRUE((co_await socket->receive())->data.starts_with("/ localhost:"));
    co_await socket->close();
    bool refused = false;
    try {
      co_await http::connect_websocket(url);
    } catch (const http::tls::Error& error) {
      refused = error.reason == http::tls::Reason::unknown_issuer;
    }
    EXPECT_TRUE(refused);
    co_await server.shutdown();
  };
  aio::run(all());
}

}  // namespace
