// Lesson 13: the client, against servers in the same process, in virtual time.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/server.hpp>
#include <aio/sleep.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

#include "support/certificates.hpp"
#include "support/http_site.hpp"
#include "support/run_virtual.hpp"
#include "support/virtual_loop.hpp"

namespace {

using aio::Coro, aio::Stream;
using http::Client, http::ClientOptions, http::ClientResponse, http::RequestOptions;
using http::Response, http::ServerRequest;
using tests::Site;
using namespace std::chrono_literals;

/// Tells what it was asked.
Coro<Response> echo(ServerRequest& request) {
  std::string body = co_await request.read_all();
  co_return Response(200, request.method + " " + request.target + " " + body);
}

/// Answers every request with the next of some texts, and closes after the last one.
Site scripted(std::vector<std::string> answers) {
  return Site([answers](Stream stream) -> Coro<> {
    for (const std::string& answer : answers) {
      try {
        co_await stream.read_until("\r\n\r\n");
      } catch (const aio::IncompleteReadError&) {
        co_return;
      }
      stream.write(answer);
    }
    stream.close();
  });
}

std::string ok(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// Runs `talk(client)` against a site.
template <class Talk>
void with_client(Site site, ClientOptions options, Talk talk) {
  const auto all = [&]() -> Coro<> {
    Client client(options, site.connector());
    co_await talk(client, site);
    EXPECT_EQ(client.busy_connections(), 0U);
  };
  tests::run_virtual(all());
}

/// The name of what a request throws, or its body.
Coro<std::string> outcome(Client& client, std::string method, std::string url) {
  try {
    ClientResponse response = co_await client.request(method, url);
    co_return response.body;
  } catch (const http::ProtocolError& error) {
    co_return "ProtocolError " + std::to_string(error.status);
  } catch (const http::RedirectError& error) {
    co_return "RedirectError";
  } catch (const aio::IncompleteReadError&) {
    co_return "IncompleteReadError";
  } catch (const aio::TimeoutError& error) {
    co_return error.what();
  } catch (const std::system_error&) {
    co_return "system_error";
  }
}

// ── requests ──

TEST(Client, SendsWhatItWasGivenAndWhatIsItsOwn) {
  const Site site([](Stream stream) -> Coro<> {
    const std::string head = co_await stream.read_until("\r\n\r\n");
    const std::string body = co_await stream.read_exactly(2);
    stream.write(ok(head + body));
    co_await stream.read();
  });
  with_client(site, {}, [](Client& client, Site&) -> Coro<> {
    RequestOptions options("hi");
    options.headers = {{"Accept", "text/plain"}, {"Content-Length", "7"}};
    ClientResponse response = co_await client.post("http://a:81/x?y=1#z", options);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.url().text(), "http://a:81/x?y=1#z");
    EXPECT_EQ(response.body,
              "POST /x?y=1 HTTP/1.1\r\nHost: a:81\r\nAccept: text/plain\r\n"
              "User-Agent: loopwright\r\nAccept-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi");
  });
}

TEST(Client, LetsARequestReplaceTheHeadersOfTheClient) {
  const auto tell = [](ServerRequest& request) -> Coro<Response> {
    std::string all;
    for (const std::string_view value : request.headers.get_all("user-agent")) all += value;
    co_return Response(200, all + std::string(request.headers.get("host").value_or("")));
  };
  with_client(Site::of(tell), {}, [](Client& client, Site&) -> Coro<> {
    RequestOptions options;
    options.headers = {{"user-agent", "mine"}, {"Host", "elsewhere"}};
    ClientResponse response = co_await client.get("http://a/", options);
    EXPECT_EQ(response.body, "mineelsewhere");
  });
}

TEST(Client, RefusesWhatNoRequestCanBeMadeOf) {
  with_client(Site::of(echo), {}, [](Client& client, Site& site) -> Coro<> {
    RequestOptions chunked;
    chunked.headers = {{"Transfer-Encoding", "chunked"}};
    EXPECT_THROW((void)co_await client.request("GE T", "http://a/"), std::invalid_argument);
    EXPECT_THROW((void)co_await client.get("http://a/", chunked), std::invalid_argument);
    EXPECT_THROW((void)co_await client.get("a/b"), http::UrlError);
    EXPECT_THROW((void)co_await client.get("http://me:secret@a/"), http::UrlError);
    EXPECT_THROW((void)co_await client.get("http://a/ HTTP/1.1\r\nX: y"), http::UrlError);
    EXPECT_TRUE(site.connections().empty());
  });
}

TEST(Client, ReadsABodyPieceByPiece) {
  const auto pieces = [](ServerRequest&) -> Coro<Response> {
    Response response(200);
    response.stream = [](http::BodyWriter body) -> Coro<> {
      for (const char* const piece : {"one", "two", "three"}) {
        co_await body.write(piece);
        co_await aio::sleep(1s);
      }
    };
    co_return response;
  };
  with_client(Site::of(pieces), {}, [](Client& client, Site&) -> Coro<> {
    std::vector<std::string> all;
    ClientResponse response = co_await client.open("GET", "http://a/");
    EXPECT_EQ(client.busy_connections(), 1U);
    for (std::string piece; !(piece = co_await response.read()).empty();) all.push_back(piece);
    EXPECT_EQ(all, (std::vector<std::string>{"one", "two", "three"}));
    EXPECT_EQ(client.idle_connections(), 1U);
    EXPECT_EQ(co_await response.read(), "");
  });
}

TEST(Client, HasNoBodyWhereThereIsNone) {
  with_client(Site::of(echo), {}, [](Client& client, Site& site) -> Coro<> {
    ClientResponse response = co_await client.head("http://a/");
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(response.headers.get("Content-Length"), "7");
    EXPECT_EQ(co_await outcome(client, "GET", "http://a/"), "GET / ");
    EXPECT_EQ(site.connections().size(), 1U);
  });
}

TEST(Client, HearsAnAnswerThatComesBeforeTheBodyIsOut) {
  const Site site([](Stream stream) -> Coro<> {
    co_await stream.read_until("\r\n\r\n");
    stream.write("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
    co_await aio::sleep(1s);
    stream.close();
  });
  with_client(site, {}, [](Client& client, Site&) -> Coro<> {
    RequestOptions options(std::string(8'000'000, 'x'));
    ClientResponse response = co_await client.post("http://a/", options);
    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(response.body, "no");
    EXPECT_EQ(client.idle_connections(), 0U);
  });
}

// ── the pool ──

TEST(ClientPool, UsesAConnectionAgain) {
  with_client(Site::of(echo), {}, [](Client& client, Site& site) -> Coro<> {
    for (int i = 0; i < 5; ++i) co_await client.get("http://a/");
    EXPECT_EQ(site.connections().size(), 1U);
    EXPECT_EQ(client.idle_connections(), 1U);
    co_await client.get("http://b/");
    co_await client.get("http://a:81/");
    EXPECT_EQ(site.connections(),
              (std::vector<std::string>{"http://a", "http://b", "http://a:81"}));
  });
}

TEST(ClientPool, LetsNoMoreThanSoManyGoAtOnceInOrder) {
  int running = 0, most = 0;
  std::vector<std::string> order;
  const auto slow = [&](ServerRequest& request) -> Coro<Response> {
    order.push_back(request.target);
    most = std::max(most, ++running);
    co_await aio::sleep(1s);
    --running;
    co_return Response(200, "");
  };
  ClientOptions options;
  options.per_origin = 2;
  with_client(Site::of(slow), options, [&](Client& client, Site& site) -> Coro<> {
    std::vector<aio::Task<ClientResponse>> tasks;
    for (int i = 0; i < 6; ++i) {
      tasks.push_back(aio::create_task(client.get("http://a/" + std::to_string(i))));
    }
    for (auto& task : tasks) co_await std::move(task);
    EXPECT_EQ(site.connections().size(), 2U);
  });
  EXPECT_EQ(most, 2);
  EXPECT_EQ(order, (std::vector<std::string>{"/0", "/1", "/2", "/3", "/4", "/5"}));
}

TEST(ClientPool, LetsNobodyWaitForAnOriginThatIsNotItsOwn) {
  const auto slow = [](ServerRequest&) -> Coro<Response> {
    co_await aio::sleep(1s);
    co_return Response(200, "");
  };
  ClientOptions options;
  options.per_origin = 1;
  options.total = 2;
  with_client(Site::of(slow), options, [](Client& client, Site&) -> Coro<> {
    const auto start = aio::running_loop().time();
    auto first = aio::create_task(client.get("http://a/"));
    auto second = aio::create_task(client.get("http://a/"));
    auto other = aio::create_task(client.get("http://b/"));
    auto third = aio::create_task(client.get("http://c/"));
    co_await std::move(other);
    EXPECT_EQ(aio::running_loop().time() - start, 1s);
    co_await std::move(third);
    EXPECT_EQ(aio::running_loop().time() - start, 2s);
    co_await std::move(first);
    co_await std::move(second);
    EXPECT_EQ(client.idle_connections(), 2U);  // never more than two are open
  });
}

TEST(ClientPool, PassesTheSlotOfOneThatIsCancelledOn) {
  const auto slow = [](ServerRequest&) -> Coro<Response> {
    co_await aio::sleep(1s);
    co_return Response(200, "done");
  };
  ClientOptions options;
  options.per_origin = 1;
  // The second is cancelled while it waits, or just when it has been given the slot.
  for (const auto when : {500ms, 1000ms}) {
    with_client(Site::of(slow), options, [when](Client& client, Site&) -> Coro<> {
      auto first = aio::create_task(client.get("http://a/"));
      auto second = aio::create_task(client.get("http://a/"));
      auto third = aio::create_task(client.get("http://a/"));
      co_await aio::sleep(when);
      if (when == 1000ms) {
        while (!first.done()) co_await aio::sleep(0s);
      }
      second.cancel();
      ClientResponse response = co_await std::move(third);
      EXPECT_EQ(response.body, "done");
      EXPECT_TRUE(second.cancelled());
      co_await std::move(first);
    });
  }
}

TEST(ClientPool, ClosesConnectionsThatAreIdleForTooLong) {
  with_client(Site::of(echo), {}, [](Client& client, Site& site) -> Coro<> {
    co_await client.get("http://a/");
    co_await aio::sleep(14s);
    EXPECT_EQ(client.idle_connections(), 1U);
    co_await client.get("http://a/");
    co_await aio::sleep(14s);
    EXPECT_EQ(client.idle_connections(), 1U);
    co_await aio::sleep(2s);
    EXPECT_EQ(client.idle_connections(), 0U);
    EXPECT_EQ(site.connections().size(), 1U);
  });
}

TEST(ClientPool, ClosesAConnectionBeforeItsServerDoes) {
  const std::string answer = ok("x", "Keep-Alive: max=5, timeout=4\r\n");
  with_client(scripted({answer, answer}), {}, [](Client& client, Site&) -> Coro<> {
    co_await client.get("http://a/");
    co_await aio::sleep(2s);
    EXPECT_EQ(client.idle_connections(), 1U);
    co_await aio::sleep(2s);
    EXPECT_EQ(client.idle_connections(), 0U);
  });
}

TEST(ClientPool, NoticesAtOnceThatTheServerHasClosed) {
  with_client(scripted({ok("x")}), {}, [](Client& client, Site& site) -> Coro<> {
    co_await client.get("http://a/");
    co_await aio::sleep(1ms);
    EXPECT_EQ(client.idle_connections(), 0U);
    EXPECT_EQ(co_await outcome(client, "POST", "http://a/"), "x");
    EXPECT_EQ(site.connections().size(), 2U);
  });
}

TEST(ClientPool, LooksAtAConnectionBeforeItUsesIt) {
  // The loop has had no time to tell that the connection has ended.
  std::optional<Stream> servers_end;
  const Site site([&servers_end](Stream stream) -> Coro<> {
    co_await stream.read_until("\r\n\r\n");
    stream.write(ok("x"));
    servers_end.emplace(std::move(stream));
  });
  with_client(site, {}, [&servers_end](Client& client, Site& made) -> Coro<> {
    co_await client.get("http://a/");
    servers_end->close();
    EXPECT_EQ(client.idle_connections(), 1U);
    EXPECT_EQ(co_await outcome(client, "POST", "http://a/"), "x");
    servers_end->write("HTTP/1.1 408 Too late\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(co_await outcome(client, "POST", "http://a/"), "x");
    EXPECT_EQ(made.connections().size(), 3U);
    servers_end.reset();
  });
}

TEST(ClientPool, KeepsNoConnectionThatIsNotClean) {
  const std::string late = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  for (const std::string& answer :
       {ok("x", "Connection: close\r\n"), std::string("HTTP/1.1 200 OK\r\n\r\nx"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"), ok("x") + late}) {
    with_client(scripted({answer}), {}, [](Client& client, Site& site) -> Coro<> {
      EXPECT_EQ(co_await outcome(client, "GET", "http://a/"), "x");
      EXPECT_EQ(client.idle_connections(), 0U);
      EXPECT_EQ(co_await outcome(client, "GET", "http://a/"), "x");
      EXPECT_EQ(site.connections().size(), 2U);
    });
  }
}

TEST(ClientPool, TakesTheServersWordThatAConnectionEnds) {
  for (const std::string& answer :
       {ok("x", "Connection: close\r\n"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"), ok("x") + ok("y")}) {
    const Site never_closes([answer](Stream stream) -> Coro<> {
      while (true) {
        co_await stream.read_until("\r\n\r\n");
        stream.write(answer);
      }
    });
    with_client(never_closes, {}, [](Client& client, Site& site) -> Coro<> {
      for (int i = 0; i < 2; ++i) EXPECT_EQ(co_await outcome(client, "GET", "http://a/"), "x");
      EXPECT_EQ(client.idle_connections(), 0U);
      EXPECT_EQ(site.connections().size(), 2U);
    });
  }
}

TEST(ClientPool, ClosesAConnectionWhoseBodyNobodyWants) {
  with_client(scripted({ok(std::string(200'000, 'x'))}), {}, [](Client& client, Site&) -> Coro<> {
    {
      const ClientResponse response = co_await client.open("GET", "http://a/");
      EXPECT_EQ(client.busy_connections(), 1U);
    }
    EXPECT_EQ(client.busy_connections(), 0U);
    EXPECT_EQ(client.idle_connections(), 0U);
  });
}

TEST(ClientPool, NeverHandsOutADirtyConnectionWheneverARequestIsCancelled) {
  const auto slowly = [](ServerRequest& request) -> Coro<Response> {
    Response response(200);
    response.stream = [target = request.target](http::BodyWriter body) -> Coro<> {
      for (int i = 0; i < 3; ++i) {
        co_await aio::sleep(1ms);
        co_await body.write(target);
      }
    };
    co_return response;
  };
  for (int turns = 0; turns < 60; ++turns) {
    ClientOptions options;
    options.per_origin = 1;
    with_client(Site::of(slowly), options, [turns](Client& client, Site&) -> Coro<> {
      co_await client.get("http://a/warm");
      auto first = aio::create_task(client.get("http://a/first"));
      auto second = aio::create_task(client.get("http://a/second"));
      for (int i = 0; i < turns; ++i) co_await aio::sleep(i % 4 == 3 ? 1ms : 0ms);
      first.cancel();
      EXPECT_EQ((co_await std::move(second)).body, "/second/second/second") << turns;
      EXPECT_EQ(co_await outcome(client, "GET", "http://a/3"), "/3/3/3") << turns;
    });
  }
}

TEST(ClientPool, GivesEveryRequestItsOwnAnswerAlthoughServersCloseAtRandomMoments) {
  std::mt19937 random(4711);
  std::size_t answered = 0, failed = 0;
  const Site site([&random](Stream stream) -> Coro<> {
    for (int left = static_cast<int>(random() % 4); left >= 0; --left) {
      std::string head;
      try {
        head = co_await stream.read_until("\r\n\r\n");
      } catch (const std::exception&) {
        co_return;
      }
      std::string answer = ok(head.substr(0, head.find(" HTTP")));
      co_await aio::sleep(std::chrono::milliseconds(random() % 3));
      if (left == 0) answer.resize(random() % (answer.size() + 1));
      stream.write(answer);
    }
    random() % 2 == 0 ? stream.close() : stream.abort();
  });
  ClientOptions options;
  options.per_origin = 4;
  with_client(site, options, [&](Client& client, Site&) -> Coro<> {
    const auto ask = [&](int number) -> Coro<> {
      const std::string target = "/" + std::to_string(number);
      const std::string got = co_await outcome(client, "GET", "http://a" + target);
      const bool is_error = got == "IncompleteReadError" || got == "system_error";
      is_error ? ++failed : ++answered;
      EXPECT_TRUE(is_error || got == "GET " + target) << got;
    };
    std::vector<aio::Task<>> tasks;
    for (int i = 0; i < 400; ++i) tasks.push_back(aio::create_task(ask(i)));
    for (auto& task : tasks) co_await task;
  });
  EXPECT_GT(answered, 100U);
  EXPECT_GT(failed, 0U);
}

// ── a second attempt ──

/// Its first connection ends in the middle: `last` is all of the second answer that comes.
Site ends_early(std::string last) {
  auto connections = std::make_shared<int>(0);
  return Site([last, connections](Stream stream) -> Coro<> {
    const bool is_first = ++*connections == 1;
    for (int i = 0; i < 2; ++i) {
      co_await stream.read_until("\r\n\r\n");
      stream.write(is_first && i == 1 ? last : ok("x"));
    }
    stream.close();
  });
}

Coro<std::string> second_outcome(Client& client, std::string method) {
  co_await client.get("http://a/");
  co_return co_await outcome(client, std::move(method), "http://a/");
}

TEST(ClientRetry, SendsAgainWhatCanDoNothingTwice) {
  for (const char* const method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
    with_client(ends_early(""), {}, [method](Client& client, Site& site) -> Coro<> {
      const std::string all = co_await second_outcome(client, method);
      EXPECT_EQ(all, std::string_view(method) == "HEAD" ? "" : "x");
      EXPECT_EQ(site.connections().size(), 2U);
    });
  }
}

TEST(ClientRetry, SendsNothingAgainThatMayHaveBeenDone) {
  for (const char* const method : {"POST", "PATCH", "MINE"}) {
    with_client(ends_early(""), {}, [method](Client& client, Site& site) -> Coro<> {
      EXPECT_EQ(co_await second_outcome(client, method), "IncompleteReadError");
      EXPECT_EQ(site.connections().size(), 1U);
    });
  }
}

TEST(ClientRetry, SendsNothingAgainWhoseAnswerHadBegun) {
  for (const char* const begun : {"H", "HTTP/1.1 103 Early\r\n\r\n"}) {
    with_client(ends_early(begun), {}, [](Client& client, Site& site) -> Coro<> {
      EXPECT_EQ(co_await second_outcome(client, "GET"), "IncompleteReadError");
      EXPECT_EQ(site.connections().size(), 1U);
    });
  }
}

TEST(ClientRetry, TriesANewConnectionOnlyOnce) {
  with_client(scripted({""}), {}, [](Client& client, Site& site) -> Coro<> {
    EXPECT_EQ(co_await outcome(client, "GET", "http://a/"), "IncompleteReadError");
    EXPECT_EQ(site.connections().size(), 1U);
  });
}

// ── redirects ──

/// "/301/x" leads to x on the same host with that status, "/301/http://b/y" elsewhere; all other
/// paths tell what came.
Coro<Response> leads(ServerRequest& request) {
  const std::string body = co_await request.read_all();
  if (request.target.size() > 5 && request.target.starts_with("/30")) {
    Response response(std::stoi(request.target.substr(1, 3)), "elsewhere");
    response.headers.add("Location", request.target.substr(5));
    co_return response;
  }
  std::string all = request.method + " " + request.target;
  for (const char* const name : {"Host", "Authorization", "Cookie", "Content-Type", "X-Mine"}) {
    if (const auto value = request.headers.get(name)) all += "|" + std::string(*value);
  }
  co_return Response(200, all + "|" + body);
}

Coro<std::string> redirected(Client& client, std::string method, std::string url) {
  RequestOptions options(method == "GET" || method == "HEAD" ? "" : "body");
  options.headers = {{"Authorization", "me"}, {"Cookie", "c"}, {"X-Mine", "x"}};
  if (!options.body.empty()) options.headers.add("Content-Type", "t");
  ClientResponse response = co_await client.request(method, url, options);
  co_return response.body;
}

TEST(ClientRedirects, ChangeTheMethodAsBrowsersDo) {
  struct Row {
    const char *method, *url, *result;
  };
  static constexpr Row rows[] = {
      {"GET", "/301//x", "GET /x|a|me|c|x|"},
      {"POST", "/301//x", "GET /x|a|me|c|x|"},
      {"POST", "/302//x", "GET /x|a|me|c|x|"},
      {"PUT", "/302//x", "PUT /x|a|me|c|t|x|body"},
      {"PUT", "/303//x", "GET /x|a|me|c|x|"},
      {"GET", "/303//x", "GET /x|a|me|c|x|"},
      {"POST", "/307//x", "POST /x|a|me|c|t|x|body"},
      {"POST", "/308//x", "POST /x|a|me|c|t|x|body"},
  };
  with_client(Site::of(leads), {}, [](Client& client, Site& site) -> Coro<> {
    for (const auto& [method, url, result] : rows) {
      EXPECT_EQ(co_await redirected(client, method, "http://a" + std::string(url)), result) << url;
    }
    EXPECT_EQ(site.connections().size(), 1U);
  });
}

TEST(ClientRedirects, TellNobodyElseWhoOneIs) {
  with_client(Site::of(leads), {}, [](Client& client, Site&) -> Coro<> {
    EXPECT_EQ(co_await redirected(client, "GET", "http://a/302/http://b/x"), "GET /x|b|x|");
    EXPECT_EQ(co_await redirected(client, "GET", "http://a/302/http://a:81/x"), "GET /x|a:81|x|");
    EXPECT_EQ(co_await redirected(client, "GET", "http://a/302/https://a/x"), "GET /x|a|x|");
    EXPECT_EQ(co_await redirected(client, "GET", "http://a/302/http://b/302/http://a/x"),
              "GET /x|a|x|");  // nor does it come back
    EXPECT_EQ(co_await redirected(client, "GET", "http://a/302/HTTP://A:80/x"), "GET /x|a|me|c|x|");
  });
}

TEST(ClientRedirects, EndAfterTen) {
  int asked = 0;
  const auto round = [&asked](ServerRequest&) -> Coro<Response> {
    Response response(302);
    response.headers.add("Location", "/" + std::to_string(++asked));
    co_return response;
  };
  with_client(Site::of(round), {}, [](Client& client, Site& site) -> Coro<> {
    EXPECT_EQ(co_await outcome(client, "GET", "http://a/"), "RedirectError");
    EXPECT_EQ(site.connections().size(), 1U);
  });
  EXPECT_EQ(asked, 11);
}

TEST(ClientRedirects, DoNotLeadOutOfTheSecureWorldNorToNowhere) {
  with_client(Site::of(leads), {}, [](Client& client, Site& site) -> Coro<> {
    for (const char* const url : {"https://a/302/http://a/x", "http://a/302/ftp://a/x",
                                  "http://a/302/ws://a/x", "http://a/302/http://"}) {
      EXPECT_EQ(co_await outcome(client, "GET", url), "RedirectError") << url;
    }
    EXPECT_EQ(site.connections().size(), 4U);
  });
}

TEST(ClientRedirects, AreHandedOverOnRequest) {
  with_client(Site::of(leads), {}, [](Client& client, Site&) -> Coro<> {
    RequestOptions options;
    options.follow = false;
    ClientResponse response = co_await client.get("http://a/302//x", options);
    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(response.body, "elsewhere");
  });
}

// ── limits ──

Coro<std::string> time_of(Client& client) {
  const auto start = aio::running_loop().time();
  const std::string what = co_await outcome(client, "GET", "http://a/");
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(aio::running_loop().time() - start);
  co_return what + " " + std::to_string(seconds.count());
}

TEST(ClientLimits, EndAConnectThatTakesTooLong) {
  Site site = Site::of(echo);
  site.delay = 31s;
  with_client(std::move(site), {}, [](Client& client, Site&) -> Coro<> {
    EXPECT_EQ(co_await time_of(client), "it took too long to wait for the connection 30");
  });
}

TEST(ClientLimits, EndTheWaitForAnAnswer) {
  const Site site([](Stream stream) -> Coro<> {
    co_await stream.read_until("\r\n\r\n");
    co_await stream.read_all();
  });
  with_client(site, {}, [](Client& client, Site&) -> Coro<> {
    EXPECT_EQ(co_await time_of(client), "it took too long to wait for the response 60");
  });
}

TEST(ClientLimits, EndTheWaitForATurn) {
  const Site site([](Stream stream) -> Coro<> { co_await stream.read_all(); });
  ClientOptions options;
  options.per_origin = 1;
  options.between = 1h;
  with_client(site, options, [](Client& client, Site& made) -> Coro<> {
    auto first = aio::create_task(outcome(client, "GET", "http://a/"));
    auto second = aio::create_task(outcome(client, "GET", "http://a/"));
    EXPECT_EQ(co_await first, "the request took longer than it may, waiting for the response");
    EXPECT_EQ(co_await second, "the request took longer than it may, waiting for its turn");
    EXPECT_EQ(made.connections().size(), 1U);
  });
}

TEST(ClientLimits, AllowAConnection) {
  ClientOptions options;
  options.total = 0;
  EXPECT_THROW(Client{options}, std::invalid_argument);
}

/// A byte in so many seconds.
Site dripping(std::chrono::seconds pause) {
  return Site([pause](Stream stream) -> Coro<> {
    co_await stream.read_until("\r\n\r\n");
    stream.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 1000; ++i) {
      co_await aio::sleep(pause);
      stream.write("x");
    }
  });
}

TEST(ClientLimits, EndTheWaitForAPiece) {
  with_client(dripping(61s), {}, [](Client& client, Site&) -> Coro<> {
    EXPECT_EQ(co_await time_of(client),
              "it took too long to wait for the next piece of the body 60");
  });
}

TEST(ClientLimits, EndARequestThatNeverEnds) {
  with_client(dripping(1s), {}, [](Client& client, Site&) -> Coro<> {
    EXPECT_EQ(co_await time_of(client),
              "the request took longer than it may, waiting for the next piece of the body 300");
  });
}

TEST(ClientLimits, StopResponsesThatAreTooLarge) {
  ClientOptions options;
  options.limits.body = 10;
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n";
  for (const std::string& answer :
       {ok("12345678901"), chunked, std::string("HTTP/1.1 200 OK\r\n\r\n12345678901")}) {
    with_client(scripted({answer}), options, [](Client& client, Site&) -> Coro<> {
      EXPECT_EQ(co_await outcome(client, "GET", "http://a/"), "ProtocolError 413");
      EXPECT_EQ(client.idle_connections(), 0U);
    });
  }
}

// ── gzip ──

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(http::hex_value(hex[at]) * 16 + http::hex_value(hex[at + 1]));
  }
  return bytes;
}

const std::string hello = from_hex("1f8b0800000000000203cb48cdc9c9070086a6103605000000");
/// 100,000 zeros, in 132 bytes.
const std::string zeros = from_hex("1f8b0800000000000203edc13101000000c2a0f54f6d0d0fa0") +
                          std::string(96, '\0') + from_hex("8057037d9511d4a0860100");

std::string gzipped(std::string_view body) { return ok(body, "Content-Encoding: gzip\r\n"); }

std::string decoded(std::string answer, ClientOptions options = {}) {
  std::string result;
  with_client(scripted({std::move(answer)}), options, [&](Client& client, Site&) -> Coro<> {
    result = co_await outcome(client, "GET", "http://a/");
  });
  return result;
}

TEST(ClientGzip, IsDecoded) {
  EXPECT_EQ(decoded(gzipped(hello)), "hello");
  EXPECT_EQ(decoded(gzipped(hello + hello)), "hellohello");
  EXPECT_EQ(decoded(gzipped(zeros)), std::string(100'000, '\0'));
  EXPECT_EQ(decoded(gzipped("")), "");
  EXPECT_EQ(decoded("HTTP/1.1 200 OK\r\nContent-Encoding: X-GZip\r\n\r\n" + hello), "hello");
}

TEST(ClientGzip, IsDecodedWhereverItIsCut) {
  http::detail::Inflater inflater(1000);
  std::string all;
  for (const char byte : hello + hello) all += inflater.feed({&byte, 1});
  inflater.finish();
  EXPECT_EQ(all, "hellohello");
}

TEST(ClientGzip, IsLeftAloneOnRequest) {
  ClientOptions options;
  options.decode = false;
  EXPECT_EQ(decoded(gzipped(hello), options), hello);
}

TEST(ClientGzip, IsRefusedWhenItIsNoneOrNotWhole) {
  const std::string refused = "ProtocolError 502";
  EXPECT_EQ(decoded(gzipped("hello")), refused);
  EXPECT_EQ(decoded(gzipped(hello + "x")), refused);
  for (std::size_t size = 1; size < hello.size(); ++size) {
    EXPECT_EQ(decoded(gzipped(hello.substr(0, size))), refused) << size;
  }
  std::string damaged = hello;
  damaged[12] ^= 1;
  EXPECT_EQ(decoded(gzipped(damaged)), refused);
}

TEST(ClientGzip, IsRefusedWhenItIsABomb) {
  std::string bomb;
  for (int i = 0; i < 700; ++i) bomb += zeros;  // 92 kB for 70 MB
  EXPECT_EQ(decoded(gzipped(bomb)), "ProtocolError 413");
  ClientOptions options;
  options.limits.body = 99'999;
  EXPECT_EQ(decoded(gzipped(zeros), options), "ProtocolError 413");
}

// ── the end of a client ──

TEST(ClientEnd, LetsRequestsGoOn) {
  Site site = Site::of(echo);
  const auto all = [&]() -> Coro<> {
    auto client = std::make_unique<Client>(ClientOptions(), site.connector());
    co_await client->get("http://b/");
    auto task = aio::create_task(client->get("http://a/"));
    co_await aio::sleep(0s);
    client.reset();
    EXPECT_EQ((co_await std::move(task)).body, "GET / ");
  };
  tests::run_virtual(all());
}

TEST(ClientEnd, OutlivesTheLoopOfItsConnections) {
  Site site = Site::of(echo);
  Client client({}, site.connector());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(tests::run_virtual(outcome(client, "GET", "http://a/")), "GET / ");
  }
  EXPECT_EQ(site.connections().size(), 2U);
}

TEST(ClientTcp, ReachesAServer) {
  const auto all = []() -> Coro<> {
    http::Server server = co_await http::serve(echo, "127.0.0.1", 0);
    Client client;
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    for (int i = 0; i < 3; ++i) EXPECT_EQ((co_await client.get(url)).body, "GET / ");
    EXPECT_EQ(server.connections(), 1U);
  };
  aio::run(all());
}

TEST(ClientTcp, ReachesAServerUnderTlsIfItIsTrusted) {
  const tests::Authority authority, other;
  const auto files = authority.issue("127.0.0.1");
  int handshakes = 0;
  const auto all = [&]() -> Coro<> {
    const auto shows = http::tls::Context::server(files.certificate, files.key);
    const auto answer = [&handshakes, &shows](Stream stream) -> Coro<> {
      try {
        http::tls::Stream secret = co_await http::tls::start_tls(std::move(stream), shows);
        ++handshakes;
        while (true) {
          co_await secret.read_until("\r\n\r\n");
          secret.write(ok("secret"));
        }
      } catch (const std::exception&) {  // it was not trusted, or the client has gone
      }
    };
    aio::Server server = co_await aio::start_server(answer, "127.0.0.1", 0);
    const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    const auto trusting = [](const tests::Authority& whom) {
      const http::tls::ClientOptions options(whom.certificate());
      return http::tcp_connector(http::tls::Context::client(options));
    };
    Client client({}, trusting(authority)), stranger({}, trusting(other));
    for (int i = 0; i < 3; ++i) EXPECT_EQ((co_await client.get(url)).body, "secret");
    EXPECT_EQ(handshakes, 1);
    EXPECT_THROW((void)co_await stranger.get(url), http::tls::Error);
  };
  aio::run(all());
}

}  // namespace
