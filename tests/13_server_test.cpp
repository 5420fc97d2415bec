// Lesson 13: the server, over socketpairs and in virtual time.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <aio/event.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>
#include <http/server.hpp>

#include "support/allocations.hpp"
#include "support/http_pair.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/virtual_loop.hpp"

namespace {

using aio::Coro, aio::Stream;
using http::Handler, http::Response, http::Router, http::ServerOptions, http::ServerRequest;
using namespace std::chrono_literals;

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

Coro<Response> hello(ServerRequest&) { co_return Response(200, "hello"); }

/// Tells what it was asked.
Coro<Response> echo(ServerRequest& request) {
  std::string body = co_await request.read_all();
  co_return Response(200, request.method + " " + request.target + " " + body);
}

/// All that a client gets which sends `bytes` and waits for the end.
Coro<std::string> answer(Handler handler, std::string bytes, ServerOptions options = {}) {
  tests::StreamPair pair;
  aio::Task<> served =
      aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler), options));
  pair.near->write(bytes);
  std::string all;
  try {
    all = co_await pair.near->read_all();
  } catch (const std::system_error&) {
    all += "reset";
  }
  co_await served;
  co_return all;
}

std::string answered(Handler handler, std::string bytes, ServerOptions options = {}) {
  return tests::run_virtual(answer(std::move(handler), std::move(bytes), options));
}

/// Without what changes from day to day.
std::string undated(std::string response) {
  for (std::size_t at; (at = response.find("Date: ")) != response.npos;) {
    response.erase(at, response.find('\n', at) + 1 - at);
  }
  return response;
}

std::vector<std::string> statuses(std::string_view all) {
  std::vector<std::string> found;
  for (std::size_t at = 0; (at = all.find("HTTP/1.1 ", at)) != all.npos; at += 9) {
    found.emplace_back(all.substr(at + 9, 3));
  }
  return found;
}
using Statuses = std::vector<std::string>;

TEST(Server, AnswersARequest) {
  EXPECT_EQ(undated(answered(hello, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
            "Connection: close\r\n\r\nhello");
}

TEST(Server, SaysWhatDayItIs) {
  EXPECT_EQ(http::http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  const std::string all = answered(hello, get);
  EXPECT_NE(all.find("\r\nDate: "), all.npos);
}

TEST(Server, KeepsTheConnectionUntilItIsIdleForTooLong) {
  const auto talk = []() -> Coro<double> {
    const auto start = aio::running_loop().time();
    const std::string all = co_await answer(hello, get + get);
    EXPECT_EQ(statuses(all), (Statuses{"200", "200"}));
    EXPECT_EQ(all.find("Connection:"), all.npos);
    co_return std::chrono::duration<double>(aio::running_loop().time() - start).count();
  };
  EXPECT_DOUBLE_EQ(tests::run_virtual(talk()), 60);
}

TEST(Server, ClosesWhereTheClientWantsIt) {
  EXPECT_EQ(
      statuses(answered(hello, "GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n" + get)),
      Statuses{"200"});
  EXPECT_EQ(statuses(answered(hello, "GET / HTTP/1.0\r\n\r\n" + get)), Statuses{"200"});
}

TEST(Server, KeepsAConnectionOfTheOldVersionOnRequest) {
  const std::string old = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  const std::string all = answered(hello, old + "GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(statuses(all), (Statuses{"200", "200"}));
  EXPECT_NE(all.find("Connection: keep-alive"), all.npos);
  EXPECT_NE(all.find("Connection: close"), all.npos);
}

TEST(Server, AnswersInOrderAlthoughAHandlerIsSlow) {
  int running = 0;
  Handler handler = [&running](ServerRequest& request) -> Coro<Response> {
    EXPECT_EQ(++running, 1);
    if (request.target == "/1") co_await aio::sleep(5s);
    --running;
    co_return Response(200, "<" + request.target + ">");
  };
  const auto one = [](const char* target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  const std::string all = answered(std::move(handler), one("/1") + one("/2") + one("/3"));
  EXPECT_LT(all.find("</1>"), all.find("</2>"));
  EXPECT_LT(all.find("</2>"), all.find("</3>"));
  EXPECT_EQ(statuses(all).size(), 3U);
}

TEST(Server, AResponseDoesNotWaitForTheNextRequest) {
  const auto talk = []() -> Coro<std::string> {
    tests::StreamPair pair;
    Handler handler = [](ServerRequest& request) -> Coro<Response> {
      if (request.target == "/slow") co_await aio::sleep(5s);
      co_return Response(200, "<" + request.target + ">");
    };
    aio::Task<> served =
        aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    pair.near->write(get + "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n" + get.substr(0, 20));
    co_await aio::sleep(1s);
    const std::string first = co_await pair.near->read();
    co_await aio::sleep(5s);
    const std::string second = co_await pair.near->read();
    pair.near->close();
    co_await served;
    co_return first.substr(first.find('<')) + second.substr(second.find('<'));
  };
  EXPECT_EQ(tests::run_virtual(talk()), "</></slow>");
}

TEST(Server, SendsALargeResponseToAClientThatOnlyClosedItsDirection) {
  const auto talk = []() -> Coro<std::size_t> {
    tests::StreamPair pair;
    Handler handler = [](ServerRequest&) -> Coro<Response> {
      co_return Response(200, std::string(3'000'000, 'x'));
    };
    pair.near->write(get);
    pair.near->write_eof();
    aio::Task<> served =
        aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    co_await aio::sleep(1s);
    const std::string all = co_await pair.near->read_all();
    co_await served;
    co_return all.size();
  };
  EXPECT_GT(tests::run_virtual(talk()), 3'000'000U);
}

TEST(Server, HasNoBodyWhereThereIsNone) {
  Handler handler = [](ServerRequest& request) -> Coro<Response> {
    if (request.target == "/204") co_return Response(204);
    co_return Response(request.target == "/304" ? 304 : 200, "text");
  };
  const auto ask = [&handler](std::string line) {
    Handler ref = [&handler](ServerRequest& request) { return handler(request); };
    const std::string all = undated(
        answered(std::move(ref), line + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    return all;
  };
  EXPECT_EQ(ask("HEAD /"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_EQ(ask("GET /204"), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(ask("GET /304").ends_with("\r\n\r\n"));
}

TEST(Server, GivesAHandlerTheBody) {
  EXPECT_TRUE(answered(echo, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
                  .ends_with("POST /x hello"));
  EXPECT_TRUE(answered(echo,
                       "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                  .ends_with("POST /x abc"));
}

TEST(Server, ReadsOnBehindABodyThatNobodyWanted) {
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nGET /";
  EXPECT_EQ(statuses(answered(hello, post + get)), (Statuses{"200", "200"}));
}

TEST(Server, ClosesRatherThanReadMuchThatNobodyWanted) {
  ServerOptions options;
  options.discard = 3;
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string all = answered(hello, post + "5\r\nhello\r\n", options);
  EXPECT_EQ(statuses(all), Statuses{"200"});
}

TEST(Server, TellsAClientToGoOnOnlyWhenSomebodyReads) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  const auto talk = [head](Handler handler) -> Coro<std::string> {
    tests::StreamPair pair;
    aio::Task<> served =
        aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    pair.near->write(head);
    std::string first = co_await pair.near->read();
    if (first == "HTTP/1.1 100 Continue\r\n\r\n") {
      pair.near->write("ok");
      first += co_await pair.near->read();
    }
    pair.near->close();
    co_await served;
    co_return first;
  };
  EXPECT_EQ(statuses(tests::run_virtual(talk(echo))), (Statuses{"100", "200"}));
  const std::string refused = tests::run_virtual(talk(hello));
  EXPECT_EQ(statuses(refused), Statuses{"200"});
}

TEST(Server, RefusesAnExpectationThatNobodyKnows) {
  EXPECT_EQ(statuses(answered(echo,
                              "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                              "Expect: magic\r\n\r\nok")),
            Statuses{"417"});
}

TEST(Server, AnswersWhatAHandlerThrows) {
  Handler fails = [](ServerRequest&) -> Coro<Response> {
    throw std::runtime_error("secret");
    co_return Response();
  };
  std::string reported;
  tests::VirtualLoop virtual_loop;
  const auto talk = [&]() -> Coro<std::string> {
    aio::running_loop().set_exception_handler([&reported](const aio::ExceptionContext& context) {
      reported = aio::message_of(context.exception);
    });
    co_return co_await answer(std::move(fails), get + get);
  };
  const std::string all = tests::run_virtual(talk());
  EXPECT_EQ(statuses(all), (Statuses{"500", "500"}));
  EXPECT_EQ(all.find("secret"), all.npos);
  EXPECT_EQ(reported, "secret");
}

TEST(Server, AnswersAHeaderThatWouldSplitTheResponseWith500) {
  Handler handler = [](ServerRequest& request) -> Coro<Response> {
    Response response(200, "x");
    response.headers.set("X-Name", *http::percent_decode(request.query()));
    co_return response;
  };
  const auto talk = [&handler]() -> Coro<std::string> {
    aio::running_loop().set_exception_handler([](const aio::ExceptionContext&) {});
    co_return co_await answer(std::move(handler),
                              "GET /?a%0d%0aSet-Cookie:%20x HTTP/1.1\r\nHost: h\r\n\r\n");
  };
  const std::string all = tests::run_virtual(talk());
  EXPECT_EQ(statuses(all), Statuses{"500"});
  EXPECT_EQ(all.find("Set-Cookie"), all.npos);
}

Response streaming(std::vector<std::string> pieces, bool fails = false) {
  Response response;
  response.stream = [pieces = std::move(pieces), fails](http::BodyWriter out) -> Coro<> {
    for (const std::string& piece : pieces) co_await out.write(piece);
    if (fails) throw std::runtime_error("in the middle");
  };
  return response;
}

TEST(Server, SendsAStreamInChunks) {
  Handler handler = [](ServerRequest&) -> Coro<Response> {
    co_return streaming({"ab", "", "cde"});
  };
  EXPECT_EQ(
      undated(answered(std::move(handler), get)),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n");
}

TEST(Server, SendsAStreamOfAKnownLengthAsItIs) {
  Handler handler = [](ServerRequest&) -> Coro<Response> {
    Response response = streaming({"ab", "cde"});
    response.headers.add("Content-Length", "5");
    co_return response;
  };
  EXPECT_EQ(undated(answered(std::move(handler), get)),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
}

TEST(Server, EndsAStreamToAnOldClientWithTheConnection) {
  Handler handler = [](ServerRequest&) -> Coro<Response> { co_return streaming({"ab", "cde"}); };
  EXPECT_EQ(
      undated(answered(std::move(handler), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")),
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde");
}

TEST(Server, NeverEndsABodyWellThatFailed) {
  Handler handler = [](ServerRequest&) -> Coro<Response> { co_return streaming({"ab"}, true); };
  const auto talk = [&handler]() -> Coro<std::string> {
    aio::running_loop().set_exception_handler([](const aio::ExceptionContext&) {});
    co_return co_await answer(std::move(handler), get);
  };
  const std::string all = tests::run_virtual(talk());
  EXPECT_EQ(all.find("0\r\n\r\n"), all.npos);
  EXPECT_EQ(statuses(all).size(), all == "reset" ? 0U : 1U);
}

TEST(Server, CutsOffAHeadThatComesTooSlowly) {
  const auto talk = []() -> Coro<std::string> {
    tests::StreamPair pair;
    aio::Task<> served = aio::create_task(http::serve_stream(std::move(*pair.far), hello));
    const std::string slow =
        "GET / HTTP/1.1\r\nHost: h\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy";
    for (std::size_t sent = 0; sent < 11; ++sent) {
      pair.near->write(slow.substr(sent, 1));
      co_await aio::sleep(1s);
    }
    std::string all = co_await pair.near->read_all();
    co_await served;
    co_return all;
  };
  EXPECT_EQ(statuses(tests::run_virtual(talk())), Statuses{"408"});
}

TEST(Server, CutsOffABodyThatComesTooSlowly) {
  const auto talk = []() -> Coro<std::string> {
    tests::StreamPair pair;
    aio::Task<> served = aio::create_task(http::serve_stream(std::move(*pair.far), echo));
    pair.near->write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
    for (int sent = 0; sent < 21; ++sent) {
      pair.near->write("x");
      co_await aio::sleep(1s);
    }
    std::string all = co_await pair.near->read_all();
    co_await served;
    co_return all;
  };
  EXPECT_EQ(statuses(tests::run_virtual(talk())), Statuses{"408"});
}

TEST(Server, CutsOffAClientThatDoesNotRead) {
  const auto talk = []() -> Coro<double> {
    tests::StreamPair pair;
    Handler handler = [](ServerRequest&) -> Coro<Response> {
      co_return Response(200, std::string(8'000'000, 'x'));
    };
    aio::Task<> served =
        aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    pair.near->write(get);
    const auto start = aio::running_loop().time();
    co_await served;
    co_return std::chrono::duration<double>(aio::running_loop().time() - start).count();
  };
  EXPECT_DOUBLE_EQ(tests::run_virtual(talk()), 30);
}

TEST(Server, CancelsAHandlerWhoseClientHasGone) {
  std::string story;
  const auto talk = [&story](bool cancels) -> Coro<> {
    tests::StreamPair pair;
    Handler handler = [&story](ServerRequest&) -> Coro<Response> {
      try {
        co_await aio::sleep(10s);
        story += "ended ";
      } catch (const aio::CancelledError&) {
        story += "cancelled ";
        throw;
      }
      co_return Response();
    };
    ServerOptions options;
    options.cancel_abandoned = cancels;
    aio::Task<> served =
        aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler), options));
    pair.near->write(get);
    co_await aio::sleep(1s);
    pair.near->close();
    co_await served;
    EXPECT_FALSE(served.cancelled());
  };
  tests::run_virtual(talk(true));
  tests::run_virtual(talk(false));
  EXPECT_EQ(story, "cancelled ended ");
}

/// What happens to a request whose client closes its direction at once: how the handler ends, and
/// the statuses that come.
template <class Answer>
std::pair<std::string, Statuses> half_closed(Answer handler, bool cancels) {
  std::string story;
  const auto talk = [&]() -> Coro<std::string> {
    tests::StreamPair pair;
    pair.near->write(get);
    pair.near->write_eof();  // they come together
    Handler told = [&](ServerRequest& request) -> Coro<Response> {
      try {
        Response response = co_await handler(request);
        story = "ended";
        co_return response;
      } catch (const aio::CancelledError&) {
        story = "cancelled";
        throw;
      }
    };
    ServerOptions options;
    options.cancel_abandoned = cancels;
    co_await http::serve_stream(std::move(*pair.far), std::move(told), options);
    co_return co_await pair.near->read_all();
  };
  const std::string all = tests::run_virtual(talk());
  return {story, statuses(all)};
}

TEST(Server, AnEndThatComesWithTheRequestIsSeenToo) {
  const auto waits = [](ServerRequest&) -> Coro<Response> {
    co_await aio::sleep(10s);
    co_return Response();
  };
  EXPECT_EQ(half_closed(waits, true), std::pair(std::string("cancelled"), Statuses{}));
  EXPECT_EQ(half_closed(waits, false), std::pair(std::string("ended"), Statuses{"200"}))
      << "whoever waits for the answer with a direction closed gets it";
}

TEST(Server, WhatAHandlerAnswersAllTheSameIsSent) {
  const auto stubborn = [](ServerRequest&) -> Coro<Response> {
    try {
      co_await aio::sleep(10s);
    } catch (const aio::CancelledError&) {
    }
    co_return Response(503);
  };
  EXPECT_EQ(half_closed(stubborn, true), std::pair(std::string("ended"), Statuses{"503"}));
}

TEST(Server, ABodyThatCameBeforeTheEndIsWhole) {
  const auto talk = []() -> Coro<std::string> {
    tests::StreamPair pair;
    pair.near->write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
    pair.near->write_eof();
    co_await http::serve_stream(std::move(*pair.far), echo);
    co_return co_await pair.near->read_all();
  };
  EXPECT_TRUE(tests::run_virtual(talk()).ends_with("POST / hello"));
}

TEST(Server, AnswersAClientThatOnlyClosedItsDirection) {
  const auto talk = []() -> Coro<std::string> {
    tests::StreamPair pair;
    pair.near->write(get);
    pair.near->write_eof();
    co_await http::serve_stream(std::move(*pair.far), hello);
    co_return co_await pair.near->read_all();
  };
  EXPECT_EQ(statuses(tests::run_virtual(talk())), Statuses{"200"});
}

Router routes() {
  Router router;
  router.get("/users/{id}", [](ServerRequest& request) -> Coro<Response> {
    co_return Response(200, "[user " + request.parameter("id") + "]");
  });
  router.get("/users/me",
             [](ServerRequest&) -> Coro<Response> { co_return Response(200, "[me]"); });
  router.del("/users/{id}", hello);
  router.get("/files/{path...}", [](ServerRequest& request) -> Coro<Response> {
    co_return Response(200, "[file " + request.parameter("path") + "]");
  });
  return router;
}

std::string routed(std::string line) {
  return answered(routes().handler(), line + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
}

TEST(Router, FindsTheHandler) {
  EXPECT_TRUE(routed("GET /users/7?x=1").ends_with("[user 7]"));
  EXPECT_TRUE(routed("GET /users/a%2Fb%20c").ends_with("[user a/b c]"));
  EXPECT_TRUE(routed("GET /users/me").ends_with("[me]"));
  EXPECT_TRUE(routed("GET /users/m%65").ends_with("[me]"));
  EXPECT_TRUE(routed("GET /files/a/b/c.txt").ends_with("[file a/b/c.txt]"));
  for (const char* line : {"GET /", "GET /users", "GET /users/", "GET /users/1/2", "GET /files"}) {
    EXPECT_EQ(statuses(routed(line)), Statuses{"404"}) << line;
  }
}

TEST(Router, SaysWhichMethodsThereAre) {
  const std::string refused = routed("PUT /users/7");
  EXPECT_EQ(statuses(refused), Statuses{"405"});
  EXPECT_NE(refused.find("\r\nAllow: OPTIONS, GET, HEAD, DELETE\r\n"), refused.npos);
  EXPECT_EQ(statuses(routed("OPTIONS /users/7")), Statuses{"204"});
  EXPECT_EQ(statuses(routed("OPTIONS *")), Statuses{"204"});
}

TEST(Router, AnswersHeadAsGetWithoutABody) {
  const std::string all = routed("HEAD /users/7");
  EXPECT_EQ(statuses(all), Statuses{"200"});
  EXPECT_TRUE(all.ends_with("\r\n\r\n"));
  EXPECT_NE(all.find("Content-Length: 8"), all.npos);
}

TEST(Router, RefusesRoutesThatAreNone) {
  Router router;
  router.get("/a", hello);
  EXPECT_THROW(router.get("/a", hello), std::invalid_argument);
  EXPECT_THROW(router.get("a", hello), std::invalid_argument);
  EXPECT_THROW(router.get("/{rest...}/a", hello), std::invalid_argument);
  EXPECT_THROW(router.add("G T", "/b", hello), std::invalid_argument);
}

TEST(Router, MiddlewareStandsAroundEverything) {
  Router router = routes();
  const auto mark = [](std::string name) {
    return [name](ServerRequest& request, Handler& next) -> Coro<Response> {
      Response response = co_await next(request);
      response.headers.add("X-Mark", name);
      co_return response;
    };
  };
  router.use(mark("outer")).use(mark("inner"));
  const std::string all = answered(std::move(router).handler(),
                                   "GET /none HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(statuses(all), Statuses{"404"});
  EXPECT_LT(all.find("inner"), all.find("outer"));
  EXPECT_NE(all.find("outer"), all.npos);
}

TEST(Router, GivesValuesOfTheQuery) {
  Handler handler = [](ServerRequest& request) -> Coro<Response> {
    EXPECT_EQ(request.query_value("a"), "1 2");
    EXPECT_EQ(request.query_value("b&"), "=");
    EXPECT_EQ(request.query_value("c"), "");
    EXPECT_EQ(request.query_value("d"), std::nullopt);
    co_return Response();
  };
  answered(std::move(handler), "GET /?a=1+2&b%26=%3D&c&a=3 HTTP/1.1\r\nHost: h\r\n\r\n");
}

/// A TCP server and a client of it.
TEST(Server, ShutsDownAfterWhatRunsHasEnded) {
  const auto talk = []() -> Coro<std::string> {
    Handler slow = [](ServerRequest&) -> Coro<Response> {
      co_await aio::sleep(2s);
      co_return Response(200, "late");
    };
    http::Server server = co_await http::serve(std::move(slow), "127.0.0.1", 0);
    Stream busy = co_await aio::open_connection("127.0.0.1", server.port());
    Stream idle = co_await aio::open_connection("127.0.0.1", server.port());
    busy.write(get);
    co_await tests::iterations(20);
    co_await aio::sleep(1s);
    co_await server.shutdown(10s);
    EXPECT_EQ(server.connections(), 0U);
    EXPECT_EQ(co_await idle.read_all(), "");
    co_return co_await busy.read_all();
  };
  const std::string all = tests::run_virtual(talk());
  EXPECT_EQ(statuses(all), Statuses{"200"});
  EXPECT_NE(all.find("Connection: close"), all.npos);
}

/// It may still be in the kernel, or in the stream, or with a handler already.
TEST(Server, ServesARequestThatHasComeWhenItShutsDown) {
  for (int later = 0; later < 8; ++later) {
    const auto talk = [later]() -> Coro<std::string> {
      Handler answer = hello;
      http::Server server = co_await http::serve(std::move(answer), "127.0.0.1", 0);
      Stream client = co_await aio::open_connection("127.0.0.1", server.port());
      co_await tests::iterations(20);
      client.write(get);
      co_await tests::iterations(later);
      co_await server.shutdown(10s);
      co_return co_await client.read_all();
    };
    EXPECT_EQ(statuses(tests::run_virtual(talk())), Statuses{"200"}) << later;
  }
}

TEST(Server, HasNoHandlersAnyMoreWhenItHasShutDown) {
  bool unwound = false;
  const auto talk = [&unwound]() -> Coro<bool> {
    Handler slow = [&unwound](ServerRequest&) -> Coro<Response> {
      try {
        co_await aio::sleep(1h);
      } catch (const aio::CancelledError&) {
        unwound = true;
        throw;
      }
      co_return Response();
    };
    http::Server server = co_await http::serve(std::move(slow), "127.0.0.1", 0);
    Stream busy = co_await aio::open_connection("127.0.0.1", server.port());
    busy.write(get);
    co_await tests::iterations(20);
    co_await server.shutdown(10s);
    co_return unwound;
  };
  EXPECT_TRUE(tests::run_virtual(talk()));
}

TEST(Server, CutsWhatRunsTooLongWhenItShutsDown) {
  const auto talk = []() -> Coro<double> {
    Handler slow = [](ServerRequest&) -> Coro<Response> {
      co_await aio::sleep(1h);
      co_return Response();
    };
    http::Server server = co_await http::serve(std::move(slow), "127.0.0.1", 0);
    Stream busy = co_await aio::open_connection("127.0.0.1", server.port());
    busy.write(get);
    co_await tests::iterations(20);
    const auto start = aio::running_loop().time();
    co_await server.shutdown(10s);
    co_return std::chrono::duration<double>(aio::running_loop().time() - start).count();
  };
  EXPECT_DOUBLE_EQ(tests::run_virtual(talk()), 10);
}

TEST(Server, HandsTheConnectionOverAfterAnUpgrade) {
  Handler handler = [](ServerRequest&) -> Coro<Response> {
    Response response(101);
    response.headers.add("Connection", "Upgrade");
    response.headers.add("Upgrade", "shout");
    response.takeover = [](http::Connection* connection) -> Coro<> {
      std::string heard = connection->take_input();
      heard += co_await connection->channel().read();
      co_await connection->channel().write_all("<" + heard + ">");
    };
    co_return response;
  };
  const auto talk = [&handler]() -> Coro<std::string> {
    tests::StreamPair pair;
    aio::Task<> served =
        aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
    pair.near->write(
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\nab");
    std::string all = co_await pair.near->read();
    pair.near->write("cd");
    all += co_await pair.near->read_all();
    co_await served;
    co_return all;
  };
  EXPECT_EQ(
      undated(tests::run_virtual(talk())),
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n<abcd>");
}

TEST(Server, AllocatesTwiceForARequest) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer has its own operator new";
  const auto talk = []() -> Coro<double> {
    tests::StreamPair pair;
    aio::Task<> served = aio::create_task(http::serve_stream(std::move(*pair.far), hello));
    constexpr int rounds = 100;
    std::size_t before = 0;
    for (int i = 0; i < 2 * rounds; ++i) {
      if (i == rounds) before = tests::allocations_so_far();
      pair.near->write(get);
      co_await pair.near->read();  // itself one allocation
    }
    const std::size_t made = tests::allocations_so_far() - before;
    pair.near->close();
    co_await served;
    co_return static_cast<double>(made) / rounds - 1;
  };
  EXPECT_LE(tests::run_virtual(talk()), 2);
}

}  // namespace
