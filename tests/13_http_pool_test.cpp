// Lesson 13, step 4: the pool of a client. The test is the servers, and lends by hand.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/stream.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>
#include <http/client/pool.hpp>
#include <http/connection/work.hpp>

#include "support/allocations.hpp"
#include "support/http_pair.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Ref;
using http::Channel, http::Limits, http::Request, http::Response;
using http::detail::Pool, http::detail::PooledConnection, http::detail::Slot;
using tests::iterations, tests::LooksLike, tests::Seen;
using namespace std::chrono_literals;

const auto compiled_pool = tests::compiled_from(http::layers::pool);

/// A connection, and the server at its other end.
struct Line {
  explicit Line(tests::StreamPair pair = {})
      : connection(std::make_unique<PooledConnection>(Channel(std::move(*pair.near)), Limits())),
        server(std::move(*pair.far)) {}

  /// Asks, is answered, and reads `read` bytes of the answer at most.
  Coro<> exchange(std::string_view answer, bool reads_body = true) {
    Request request("GET");
    request.headers.add("Host", "here");
    connection->write_head(request);
    connection->finish();
    co_await connection->flush();
    server.write(answer);
    Response response;
    co_await connection->read_response(response, "GET");
    if (!reads_body) co_return;
    while (!connection->body_done()) co_await connection->read();
  }

  std::unique_ptr<PooledConnection> connection;
  aio::Stream server;
};

constexpr std::string_view hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// A pool, and a story of who enters and leaves.
struct Desk {
  explicit Desk(std::size_t per_origin = 1, std::size_t total = 10)
      : pool(new Pool(per_origin, total)) {}
  ~Desk() { pool->close(); }

  /// Enters, and stays that long.
  Coro<> use(std::string who, std::string origin, std::chrono::nanoseconds stays) {
    story.step(who + " wants a connection to " + origin);
    Slot slot = co_await Pool::enter(pool, std::move(origin));
    story.ran(who);
    co_await aio::sleep(stays);
    story.step(who + " leaves");
  }
  /// Has a connection go through an exchange, and gives it back.
  Coro<> lend(Line& line, std::string origin, std::string_view answer, bool reads_body = true) {
    Slot slot = co_await Pool::enter(pool, std::move(origin));
    co_await line.exchange(answer, reads_body);
    story.step("a connection is given back");
    pool->put(std::move(slot), std::move(line.connection), aio::running_loop().time() + 15s);
  }
  /// The descriptor of the connection that the pool gives out, or -1.
  Coro<int> take(std::string origin) {
    Slot slot = co_await Pool::enter(pool, std::move(origin));
    const std::unique_ptr<PooledConnection> taken = pool->take(slot);
    co_return taken ? taken->channel().stream().fd() : -1;
  }

  tests::Story story{aio::running_loop()};
  Ref<Pool> pool;
};

void at_desk(std::size_t per_origin, std::size_t total, const std::function<Coro<>(Desk&)>& talk) {
  const auto all = [&]() -> Coro<> {
    Desk desk(per_origin, total);
    co_await talk(desk);
  };
  tests::run_virtual(all());
}

// ── slots ──

TEST(Step4_Slots, AreAsManyAsOneOriginMayHave) {
  at_desk(2, 10, [](Desk& desk) -> Coro<> {
    aio::Task<> a = aio::create_task(desk.use("A", "http://here", 10s));
    aio::Task<> b = aio::create_task(desk.use("B", "http://here", 20s));
    aio::Task<> c = aio::create_task(desk.use("C", "http://here", 1s));
    co_await aio::sleep(5s);
    EXPECT_STORY(desk.story, desk.story.order(), "A B",
                 "two connections to one origin may be in use", Seen{"A B C", "no-limit"});
    EXPECT_STORY(desk.story, desk.pool->in_use(), 2U, "each slot is counted");
    co_await aio::sleep(10s);
    EXPECT_STORY(desk.story, desk.story.order(), "A B C", "A has left, and C goes on");
    co_await aio::sleep(30s);
    EXPECT_STORY(desk.story, desk.pool->in_use(), 0U, "all have left");
  });
}

TEST(Step4_Slots, GoToThoseWhoWaitInTheirOrder) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    aio::Task<> a = aio::create_task(desk.use("A", "http://here", 1s));
    aio::Task<> b = aio::create_task(desk.use("B", "http://here", 1s));
    aio::Task<> c = aio::create_task(desk.use("C", "http://here", 1s));
    co_await aio::sleep(10s);
    EXPECT_STORY(desk.story, desk.story.order(), "A B C", "first come, first served");
  });
}

TEST(Step4_Slots, OfOneOriginAreNotWaitedForByAnother) {
  at_desk(1, 2, [](Desk& desk) -> Coro<> {
    aio::Task<> a = aio::create_task(desk.use("A", "http://slow", 100s));
    aio::Task<> b = aio::create_task(desk.use("B", "http://there", 1s));
    aio::Task<> c = aio::create_task(desk.use("C", "http://slow", 1s));
    aio::Task<> d = aio::create_task(desk.use("D", "http://there", 1s));
    co_await aio::sleep(50s);
    EXPECT_STORY(desk.story, desk.story.order(), "A B D",
                 "C waits for its own origin, and stands before D, who need not wait for that",
                 Seen{"A B", "one-origin-stops-all"});
    co_await aio::sleep(100s);
    EXPECT_STORY(desk.story, desk.story.order(), "A B D C", "then C can go on");
  });
}

TEST(Step4_Slots, AreNotMoreThanAllOriginsMayHave) {
  at_desk(5, 2, [](Desk& desk) -> Coro<> {
    aio::Task<> a = aio::create_task(desk.use("A", "http://one", 10s));
    aio::Task<> b = aio::create_task(desk.use("B", "http://two", 10s));
    aio::Task<> c = aio::create_task(desk.use("C", "http://three", 1s));
    co_await aio::sleep(5s);
    EXPECT_STORY(desk.story, desk.story.order(), "A B", "two may be in use in all",
                 Seen{"A B C", "no-limit"});
    co_await aio::sleep(20s);
    EXPECT_STORY(desk.story, desk.story.order(), "A B C", "then C goes on");
  });
}

TEST(Step4_Slots, ArePassedOnByWhoDoesNotWaitAnyMore) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    aio::Task<> a = aio::create_task(desk.use("A", "http://here", 10s));
    aio::Task<> b = aio::create_task(desk.use("B", "http://here", 1s));
    aio::Task<> c = aio::create_task(desk.use("C", "http://here", 1s));
    co_await aio::sleep(5s);
    desk.story.step("B is cancelled");
    b.cancel();
    co_await aio::sleep(20s);
    EXPECT_STORY(desk.story, desk.story.order(), "A C", "B has left the line");
    EXPECT_STORY(desk.story, desk.pool->in_use(), 0U, "nobody keeps a slot");
  });
}

// ── connections ──

TEST(Step4_Keep, OneThatIsCleanIsUsedAgain) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    const int fd = line.connection->channel().stream().fd();
    co_await desk.lend(line, "http://here", hello);
    EXPECT_STORY(desk.story, desk.pool->idle(), 1U, "both messages have ended, and nobody closes");
    const int taken = co_await desk.take("http://here");
    EXPECT_STORY(desk.story, taken == fd, true, "it is given out again");
  });
}

TEST(Step4_Keep, OneWithABodyLeftIsClosed) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    co_await desk.lend(line, "http://here", hello, false);
    EXPECT_STORY(desk.story, desk.pool->idle(), 0U,
                 "the next request would get the rest of this answer",
                 Seen{1U, "keeps-whatever-comes"});
  });
}

TEST(Step4_Keep, OneThatTheServerClosesIsClosed) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    co_await desk.lend(line, "http://here",
                       "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    EXPECT_STORY(desk.story, desk.pool->idle(), 0U, "the server has said that it closes",
                 LooksLike{1U, "keeps-whatever-comes"});
  });
}

TEST(Step4_Keep, OneWithBytesThatNobodyAskedForIsClosed) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    const std::string answer = std::string(hello) + "HTTP/1.1 200 OK\r\n";
    co_await desk.lend(line, "http://here", answer);
    EXPECT_STORY(desk.story, desk.pool->idle(), 0U,
                 "what came behind the answer is none to the next request",
                 LooksLike{1U, "what-came-along-is-fine"}, LooksLike{1U, "keeps-whatever-comes"});
  });
}

TEST(Step4_Keep, OneIsKeptOnlySoLong) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    co_await desk.lend(line, "http://here", hello);
    co_await aio::sleep(14s);
    EXPECT_STORY(desk.story, desk.pool->idle(), 1U, "its time has not come");
    co_await aio::sleep(2s);
    EXPECT_STORY(desk.story, desk.pool->idle(), 0U,
                 "a server does not keep it for ever, and neither does this side",
                 Seen{1U, "kept-for-ever"});
  });
}

TEST(Step4_Keep, OneThatTheServerEndsMeanwhileIsForgotten) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    co_await desk.lend(line, "http://here", hello);
    desk.story.step("the server closes it, and the loop hears of that");
    line.server.close();
    co_await iterations(10);
    EXPECT_STORY(desk.story, desk.pool->idle(), 0U,
                 "a connection that was told where it stands leaves the pool when it ends",
                 Seen{1U, "a-dead-one-stays"});
  });
}

TEST(Step4_Keep, OneThatTheServerHasEndedIsClosed) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    Slot slot = co_await Pool::enter(desk.pool, "http://here");
    co_await line.exchange(hello);
    co_await line.server.read();  // else its end would be an error, which closes this side, too
    desk.story.step("the server closes it, and the loop hears of that");
    line.server.close();
    co_await iterations(10);
    desk.story.step("the connection is given back");
    desk.pool->put(std::move(slot), std::move(line.connection), aio::running_loop().time() + 15s);
    EXPECT_STORY(desk.story, desk.pool->idle(), 0U,
                 "ended() was called while the connection was in use, and is not called again",
                 LooksLike{1U, "forgets-that-it-ended"}, LooksLike{1U, "keeps-whatever-comes"});
  });
}

TEST(Step4_Keep, OneThatRestsNeedsNoParser) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    std::vector<std::unique_ptr<http::detail::Work>> borrowed;
    for (int i = 0; i < 64; ++i) borrowed.push_back(http::detail::WorkPool::take());
    co_await desk.lend(line, "http://here", hello);
    const tests::AllocationCount allocations;
    const auto spare = http::detail::WorkPool::take();
    if (!tests::AllocationCount::works()) co_return;
    EXPECT_STORY(desk.story, allocations.made() == 0, true,
                 "the parser of a connection that rests is free for others, after rest()",
                 LooksLike{false, "rests-with-its-parser"});
  });
}

TEST(Step4_Keep, NoneIsKeptByAPoolThatIsClosed) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    desk.story.step("the pool is closed while a connection is in use");
    desk.pool->close();
    co_await desk.lend(line, "http://here", hello);
    EXPECT_STORY(desk.story, desk.pool->idle(), 0U, "nobody would take it any more",
                 Seen{1U, "a-closed-pool-keeps"}, LooksLike{1U, "keeps-whatever-comes"});
  });
}

TEST(Step4_Take, LooksBeforeItGivesOneOut) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    co_await desk.lend(line, "http://here", hello);
    desk.story.step("the server closes it; the loop has not heard of that yet");
    line.server.close();
    const int taken = co_await desk.take("http://here");
    EXPECT_STORY(desk.story, taken == -1, true, "a request on it would be lost",
                 LooksLike{false, "does-not-look"});
  });
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    co_await desk.lend(line, "http://here", hello);
    desk.story.step("the server sends something that nobody asked for");
    line.server.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
    const int taken = co_await desk.take("http://here");
    EXPECT_STORY(desk.story, taken == -1, true, "that would be taken for the next answer",
                 LooksLike{false, "looks-only-for-the-end"}, LooksLike{false, "does-not-look"});
  });
}

TEST(Step4_Take, LooksAtOneAfterTheOther) {
  at_desk(2, 10, [](Desk& desk) -> Coro<> {
    Line first, second;
    const int fd = first.connection->channel().stream().fd();
    co_await desk.lend(first, "http://here", hello);
    co_await desk.lend(second, "http://here", hello);
    desk.story.step("the server closes the second one; the loop has not heard of that yet");
    second.server.close();
    const int taken = co_await desk.take("http://here");
    EXPECT_STORY(desk.story, taken == fd, true, "the first one is still good",
                 LooksLike{false, "one-look-is-enough"}, LooksLike{false, "does-not-look"});
  });
}

TEST(Step4_Take, GivesTheOneThatWasUsedLast) {
  at_desk(2, 10, [](Desk& desk) -> Coro<> {
    Line first, second;
    const int fd = second.connection->channel().stream().fd();
    co_await desk.lend(first, "http://here", hello);
    co_await desk.lend(second, "http://here", hello);
    const int taken = co_await desk.take("http://here");
    EXPECT_STORY(desk.story, taken == fd, true,
                 "the one that was used last is the least likely to end",
                 Seen{false, "the-oldest-first"});
  });
}

TEST(Step4_Take, GivesOneToThatOrigin) {
  at_desk(1, 10, [](Desk& desk) -> Coro<> {
    Line line;
    co_await desk.lend(line, "http://here", hello);
    const int taken = co_await desk.take("http://elsewhere");
    EXPECT_STORY(desk.story, taken == -1, true, "there is no connection to that origin",
                 LooksLike{false, "any-origin-will-do"});
    const int here = co_await desk.take("http://here");
    EXPECT_STORY(desk.story, here != -1, true, "the other one is still there",
                 LooksLike{false, "any-origin-will-do"});
  });
}

}  // namespace
