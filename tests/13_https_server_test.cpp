// Lesson 13: a server under TLS, in one call.

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/connect.hpp>
#include <aio/sleep.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>
#include <http/tls.hpp>

#include "support/certificates.hpp"
#include "support/http_pair.hpp"
#include "support/reports.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;
using http::Response, http::ServerOptions, http::ServerRequest;
using namespace std::chrono_literals;
namespace tls = http::tls;

/// A server's context, and who trusts it.
struct Parties {
  Parties() {
    const auto files = authority.issue("localhost");
    options.tls = tls::Context::server(files.certificate, files.key);
  }
  tests::Authority authority;
  ServerOptions options;
  tls::Context trust = tls::Context::client(tls::ClientOptions(authority.certificate()));
};

Coro<Response> echo(ServerRequest& request) {
  std::string body = co_await request.read_all();
  co_return Response(200, request.method + " " + request.target + " " + body);
}

TEST(HttpsServer, AnswersUnderTls) {
  const Parties parties;
  const auto all = [&]() -> Coro<> {
    http::Server server = co_await http::serve(echo, "localhost", 0, parties.options);
    http::Client client({}, http::tcp_connector(parties.trust));
    const std::string url = "https://localhost:" + std::to_string(server.port());
    for (int i = 0; i < 3; ++i) {
      http::RequestOptions options("body");
      EXPECT_EQ((co_await client.post(url + "/x", options)).body, "POST /x body");
    }
    EXPECT_EQ(client.idle_connections(), 1U);
    EXPECT_EQ(server.connections(), 1U);
    co_await server.shutdown();
    EXPECT_EQ(server.connections(), 0U);
  };
  aio::run(all());
}

TEST(HttpsServer, AnswersRoutesToo) {
  const Parties parties;
  const auto all = [&]() -> Coro<> {
    http::Router router;
    router.get("/users/{id}", [](ServerRequest& request) -> Coro<Response> {
      co_return Response(200, request.parameter("id"));
    });
    http::Server server = co_await http::serve(std::move(router), "localhost", 0, parties.options);
    http::Client client({}, http::tcp_connector(parties.trust));
    const std::string url = "https://localhost:" + std::to_string(server.port());
    EXPECT_EQ((co_await client.get(url + "/users/7")).body, "7");
    co_await server.shutdown();
  };
  aio::run(all());
}

/// Serves one end of a pair under TLS, while `talk` has the other.
template <class Talk>
void with_server(const Parties& parties, Talk talk) {
  const auto all = [&]() -> Coro<> {
    tests::StreamPair pair;
    aio::Task<> served =
        aio::create_task(http::serve_stream(std::move(*pair.far), echo, parties.options));
    co_await talk(std::move(*pair.near));
    co_await served;
  };
  tests::run_virtual(all());
}

TEST(HttpsServer, ClosesTheConnectionOfWhoeverSpeaksNoTls) {
  with_server(Parties(), [](aio::Stream stream) -> Coro<> {
    stream.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = co_await stream.read_all();
    EXPECT_EQ(answer.find("HTTP"), answer.npos);  // an alert at most
  });
}

TEST(HttpsServer, ClosesTheConnectionOfWhoeverTakesTooLongForTheHandshake) {
  with_server(Parties(), [](aio::Stream stream) -> Coro<> {
    const auto start = aio::running_loop().time();
    stream.write("\x16\x03\x01");
    EXPECT_EQ(co_await stream.read_all(), "");
    EXPECT_EQ(aio::running_loop().time() - start, 10s);
  });
}

TEST(HttpsServer, ReportsNothingWhereAClientGoesWithoutAWord) {
  const Parties parties;
  const auto all = [&]() -> Coro<> {
    const tests::Reports reports;
    for (const std::string request : {"", "GET / HT",
                                      "POST / HTTP/1.1\r\nHost: h\r\n"
                                      "Content-Length: 5\r\n\r\nab"}) {
      tests::StreamPair pair;
      aio::Task<> served =
          aio::create_task(http::serve_stream(std::move(*pair.far), echo, parties.options));
      tls::Stream stream =
          co_await tls::start_tls(std::move(*pair.near), parties.trust, "localhost");
      if (!request.empty()) co_await stream.write_all(request);
      co_await aio::sleep(1s);
      stream.state().stream().close();  // without close_notify
      co_await served;
    }
    EXPECT_EQ(reports.count, 0);
  };
  tests::run_virtual(all());
}

TEST(HttpsServer, DoesNotWaitForHandshakesWhenItShutsDown) {
  const Parties parties;
  const auto all = [&]() -> Coro<> {
    http::Server server = co_await http::serve(echo, "127.0.0.1", 0, parties.options);
    aio::Stream silent = co_await aio::open_connection("127.0.0.1", server.port());
    while (server.connections() == 0) co_await aio::sleep(0s);
    const auto shut_down = [&server] { return server.shutdown(1h); };
    co_await aio::timeout(10s, shut_down);
    EXPECT_EQ(co_await silent.read_all(), "");
  };
  aio::run(all());
}

}  // namespace
