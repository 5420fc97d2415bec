// Lesson 13: events that are followed, over connections that end, in virtual time.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/sleep.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>
#include <http/event_source.hpp>
#include <http/server.hpp>

#include "support/http_site.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;
using http::EventSource, http::EventSourceOptions, http::Response, http::ServerEvent;
using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

double seconds_since(aio::Clock::time_point start) {
  return std::chrono::duration<double>(aio::running_loop().time() - start).count();
}

/// A server that answers each request with the next of some answers, and notes when it was asked,
/// and after which event.
struct Newsroom {
  using Answer = std::function<Response()>;

  explicit Newsroom(std::vector<Answer> all) : answers(std::move(all)) {}
  tests::Site site() {
    return tests::Site::of([this](http::ServerRequest& request) -> Coro<Response> {
      asked_at.push_back(seconds_since(start));
      asked_after.push_back(http::last_event_id(request));
      const std::size_t turn = asked_at.size() - 1;
      co_return turn < answers.size() ? answers[turn]() : Response(204);
    });
  }

  std::vector<Answer> answers;
  aio::Clock::time_point start = aio::running_loop().time();
  std::vector<double> asked_at;
  Strings asked_after;
};

/// An answer of events that ends after them.
Newsroom::Answer events(std::string text) {
  return [text] {
    return http::event_stream_response(
        [text](http::BodyWriter out) -> Coro<> { co_await out.write(text); });
  };
}

/// An answer that breaks off after some events.
Newsroom::Answer broken(std::string text) {
  return [text] {
    return http::event_stream_response([text](http::BodyWriter out) -> Coro<> {
      co_await out.write(text);
      throw std::runtime_error("the newsroom is on fire");
    });
  };
}

/// The data of all events until there are no more, and what follows them has been told.
Coro<Strings> all_of(EventSource& source) {
  Strings data;
  while (auto event = co_await source.next()) data.push_back(event->data);
  co_return data;
}

template <class Talk>
void with_newsroom(std::vector<Newsroom::Answer> answers, Talk talk,
                   http::ClientOptions options = {}) {
  const auto all = [&]() -> Coro<> {
    aio::running_loop().set_exception_handler([](const auto&...) {});  // fires are expected
    Newsroom newsroom(std::move(answers));
    tests::Site site = newsroom.site();
    http::Client client(options, site.connector());
    co_await talk(client, newsroom);
  };
  tests::run_virtual(all());
}

TEST(EventSource, FollowsEvents) {
  with_newsroom({events("event: tick\nid: 7\ndata: a\n\ndata: b\n\n")},
                [](http::Client& client, Newsroom&) -> Coro<> {
                  EventSource source(client, "http://h/news");
                  const ServerEvent first{"a", "tick", "7"}, second{"b", "", "7"};
                  EXPECT_EQ(co_await source.next(), first);
                  EXPECT_EQ(co_await source.next(), second);
                  EXPECT_EQ(source.last_id(), "7");
                  EXPECT_EQ(co_await source.next(), std::nullopt);
                  EXPECT_EQ(co_await source.next(), std::nullopt);
                });
}

TEST(EventSource, ComesBackAndSaysWhichEventWasTheLast) {
  with_newsroom({events("id: 1\ndata: a\n\nid: 2\ndata: b\n\n"), events("data: c\n\n"),
                 broken("id: 3\ndata: d\n\nid: 4\ndata: cut")},
                [](http::Client& client, Newsroom& newsroom) -> Coro<> {
                  EventSource source(client, "http://h/news");
                  const Strings all = co_await all_of(source);
                  EXPECT_EQ(all, (Strings{"a", "b", "c", "d"}));
                  EXPECT_EQ(newsroom.asked_after, (Strings{"", "2", "2", "3"}));
                  EXPECT_EQ(newsroom.asked_at, (std::vector<double>{0, 3, 6, 9}));
                });
}

TEST(EventSource, WaitsAsLongAsTheServerWants) {
  with_newsroom({events("retry: 500\n\n"), events("data: a\nretry: 7000\n\n"), events("")},
                [](http::Client& client, Newsroom& newsroom) -> Coro<> {
                  EventSource source(client, "http://h/news");
                  co_await all_of(source);
                  EXPECT_EQ(newsroom.asked_at, (std::vector<double>{0, 0.5, 7.5, 14.5}));
                });
}

TEST(EventSource, GoesOnWhereTheProgramHadStopped) {
  with_newsroom({}, [](http::Client& client, Newsroom& newsroom) -> Coro<> {
    EventSourceOptions options;
    options.last_id = "41";
    options.headers = {{"X", "1"}};
    EventSource source(client, "http://h/news", options);
    co_await all_of(source);
    EXPECT_EQ(newsroom.asked_after, Strings{"41"});
  });
}

TEST(EventSource, WaitsLongerWithEachAttemptThatFails) {
  const auto all = []() -> Coro<> {
    Newsroom newsroom({events("data: a\n\n")});
    tests::Site site = newsroom.site();
    std::vector<double> tried_at;
    http::Connector connector = [&](http::Url url) -> Coro<http::Channel> {
      tried_at.push_back(seconds_since(newsroom.start));
      const bool fails = tried_at.size() <= 6 || tried_at.size() == 8;
      if (fails) throw std::system_error(ECONNREFUSED, std::generic_category(), "connect");
      http::Connector inner = site.connector();
      co_return co_await inner(std::move(url));
    };
    http::Client client({}, std::move(connector));
    EventSourceOptions options;
    options.most = 30s;
    EventSource source(client, "http://h/", options);
    const auto event = co_await source.next();
    EXPECT_EQ(event->data, "a");
    EXPECT_EQ(tried_at, (std::vector<double>{0, 3, 9, 21, 45, 75, 105}));
  };
  tests::run_virtual(all());
}

TEST(EventSource, TakesAServerThatIsSilentForLost) {
  const auto silent = [] {
    return http::event_stream_response([](http::BodyWriter out) -> Coro<> {
      for (int i = 0; i < 3; ++i) {
        co_await out.write(http::format_comment());
        co_await aio::sleep(40s);
      }
      co_await aio::sleep(1h);
    });
  };
  with_newsroom({silent}, [](http::Client& client, Newsroom& newsroom) -> Coro<> {
    EventSource source(client, "http://h/");
    co_await all_of(source);
    EXPECT_EQ(newsroom.asked_at, (std::vector<double>{0, 143}));  // 80 + 60 + 3
  });
}

TEST(EventSource, LastsLongerThanTheClientsRequestsMay) {
  const auto slow = [] {
    return http::event_stream_response([](http::BodyWriter out) -> Coro<> {
      for (int i = 0; i < 100; ++i) {
        co_await out.write("data: x\n\n");
        co_await aio::sleep(50s);
      }
    });
  };
  with_newsroom({slow}, [](http::Client& client, Newsroom& newsroom) -> Coro<> {
    EventSource source(client, "http://h/");
    EXPECT_EQ((co_await all_of(source)).size(), 100U);
    EXPECT_EQ(newsroom.asked_at.size(), 2U);
  });
}

TEST(EventSource, EndsWhereThereAreNoEvents) {
  const auto page = [] { return Response(200, "<p>news</p>", "text/html"); };
  const auto gone = [] { return Response(410, "no news", "text/event-stream"); };
  with_newsroom({page, gone}, [](http::Client& client, Newsroom& newsroom) -> Coro<> {
    EventSource source(client, "http://h/");
    for (int i = 0; i < 2; ++i) {
      bool refused = false;
      try {
        co_await source.next();
      } catch (const http::ProtocolError&) {
        refused = true;
      }
      EXPECT_TRUE(refused);
    }
    EXPECT_EQ(co_await source.next(), std::nullopt);
    EXPECT_EQ(newsroom.asked_at, (std::vector<double>{0, 3, 9}));
  });
}

TEST(EventSource, LosesNothingWhenItIsCancelledAnywhere) {
  with_newsroom(
      {events("id: 1\ndata: a\n\n"), broken("id: 2\ndata: b\n\n"), events("id: 3\ndata: c\n\n")},
      [](http::Client& client, Newsroom&) -> Coro<> {
        EventSource source(client, "http://h/news");
        Strings all;
        for (bool over = false; !over;) {
          const auto next = [&]() -> Coro<> {
            auto event = co_await source.next();
            over = !event;
            if (event) all.push_back(event->data);
          };
          try {
            co_await aio::wait_for(next(), 700ms);
          } catch (const aio::TimeoutError&) {
          }
        }
        EXPECT_EQ(all, (Strings{"a", "b", "c"}));
      });
}

}  // namespace
