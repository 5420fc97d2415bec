// use-15d: a pool of connections, over real sockets.

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>
#include <aio/with.hpp>

#include "pool.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/temporary.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::Server, aio::Stream;
using tests::iterations, tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::with);

/// A server that answers each line with the number of its connection.
struct House {
  static std::string path() { return tests::temporary("pool"); }

  Coro<> answer(Stream stream) {
    const std::size_t number = ++connections;
    most = std::max(most, ++open);
    struct Leaving {
      std::size_t& count;
      ~Leaving() { --count; }
    } const leaving{open};
    try {
      while (const auto line = co_await stream.next_line()) {
        co_await stream.write_all(std::to_string(number) + "\n");
      }
    } catch (const std::system_error&) {  // closed in the middle
    }
  }
  /// Plays with a pool of `size` while the server is there.
  template <class Play>
  void play(std::size_t size, Play body) {
    const auto main = [this, size, &body]() -> Coro<> {
      const auto serve = [this](Stream stream) { return answer(std::move(stream)); };
      Server server = co_await aio::start_unix_server(serve, path());
      Pool pool(path(), size);
      co_await body(pool);
      co_await pool.aclose();
      co_await iterations();
      EXPECT_STORY(story, open, 0U, "a connection is open after the pool was closed");
      server.close();
      co_await server.wait_closed();
    };
    tests::run_virtual(main());
  }

  std::size_t connections = 0, open = 0, most = 0;
  tests::Story story{};
};

/// Asks which connection this is, and is done.
Coro<std::string> ask(Lease& lease) {
  lease.stream().write("?\n");
  const std::string line = co_await lease.stream().read_line();
  lease.done();
  co_return line.substr(0, line.size() - 1);
}
Coro<> fail(Lease& lease) {
  lease.stream().write("?\n");
  co_await aio::sleep(1s);
  throw std::runtime_error("in the middle");
}
Coro<> wait_for_ever(Lease& lease) {
  lease.stream().write("?\n");
  co_await aio::sleep(1000h);
}

TEST(Use15d_Pool, ACleanConnectionIsUsedAgain) {
  House house;
  house.play(2, [&house](Pool& pool) -> Coro<> {
    std::string numbers;
    for (int i = 0; i < 3; ++i) numbers += co_await aio::with(co_await pool.lend(), ask);
    EXPECT_STORY(house.story, numbers, "111", "a connection that comes back clean is lent again",
                 LooksLike{std::string("123"), "every-loan-connects"});
    EXPECT_STORY(house.story, pool.idle(), 1U,
                 "it was clean, and does not lie idle after it came back");
  });
}

TEST(Use15d_Pool, WhatIsGivenBackIsFreeAtOnce) {
  House house;
  house.play(1, [&house](Pool& pool) -> Coro<> {
    Lease first = co_await pool.lend();
    co_await ask(first);
    co_await first.aclose();
    const auto next = [&pool]() -> Coro<std::string> {
      co_return co_await aio::with(co_await pool.lend(), ask);
    };
    std::string number = "nobody's turn";
    try {
      number = co_await aio::timeout(1s, next);
    } catch (const aio::TimeoutError&) {
    }
    EXPECT_STORY(house.story, number, "1",
                 "the permit is free when aclose() has ended, also while the Lease still lives",
                 LooksLike{std::string("nobody's turn"), "the-lease-keeps-its-turn"});
  });
}

TEST(Use15d_Pool, NoMoreThanSoManyAreLent) {
  House house;
  house.play(2, [&house](Pool& pool) -> Coro<> {
    const auto use = [&pool]() -> Coro<> {
      const auto talk = [](Lease& lease) -> Coro<> {
        co_await aio::sleep(1s);
        co_await ask(lease);
      };
      co_await aio::with(co_await pool.lend(), talk);
    };
    std::vector<aio::Task<>> all;
    for (int i = 0; i < 6; ++i) all.push_back(aio::create_task(use()));
    for (const aio::Task<>& each : all) co_await each;
    EXPECT_STORY(house.story, house.most, 2U,
                 "more connections are open than may be lent: whoever wants one waits for a permit "
                 "first, whether one lies idle or not");
    EXPECT_STORY(house.story, house.connections, 2U, "a connection was made although one lay idle");
  });
}

TEST(Use15d_Pool, AConnectionLeftInTheMiddleIsClosed) {
  House house;
  house.play(1, [&house](Pool& pool) -> Coro<> {
    EXPECT_THROW(co_await aio::with(co_await pool.lend(), fail), std::runtime_error)
        << "Likely cause: the body's error has to come out";
    EXPECT_STORY(house.story, pool.idle(), 0U,
                 "an answer that nobody has read is still on its way: the next one would take it "
                 "for its own",
                 LooksLike{std::size_t(1), "a-dirty-connection-goes-back"});
    const std::string number = co_await aio::with(co_await pool.lend(), ask);
    EXPECT_STORY(house.story, number, "2", "the next loan has a connection of its own");
  });
}

TEST(Use15d_Pool, ACancelledLoanGivesItsTurnBack) {
  House house;
  house.play(1, [&house](Pool& pool) -> Coro<> {
    const auto use = [&pool]() -> Coro<> {
      co_await aio::with(co_await pool.lend(), wait_for_ever);
    };
    const aio::Task<> task = aio::create_task(use());
    co_await aio::sleep(1s);
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError) << "Likely cause: the request has to come out";
    const auto next = [&pool]() -> Coro<std::string> {
      co_return co_await aio::with(co_await pool.lend(), ask);
    };
    std::string number = "nobody's turn";
    try {
      number = co_await aio::timeout(1s, next);
    } catch (const aio::TimeoutError&) {
    }
    EXPECT_STORY(house.story, number, "2", "the permit is lost, and the next one waits for ever");
  });
}

TEST(Use15d_Pool, WhoIsCancelledInTheQueueLosesNothing) {
  House house;
  house.play(1, [&house](Pool& pool) -> Coro<> {
    Lease first = co_await pool.lend();
    const auto use = [&pool]() -> Coro<std::string> {
      co_return co_await aio::with(co_await pool.lend(), ask);
    };
    const aio::Task<std::string> second = aio::create_task(use());
    const aio::Task<std::string> third = aio::create_task(use());
    co_await iterations();
    second.cancel();
    co_await ask(first);
    co_await first.aclose();
    EXPECT_STORY(house.story, co_await third, "1", "the turn goes to whoever waits still");
    EXPECT_STORY(house.story, second.cancelled(), true, "the one in the queue was cancelled");
  });
}

TEST(Use15d_Pool, AFailedConnectGivesItsTurnBack) {
  House house;
  const auto main = [&house]() -> Coro<> {
    Pool pool(tests::temporary("nobody-listens-here"), 1);
    for (int i = 0; i < 2; ++i) {
      const auto lend = [&pool]() -> Coro<> { co_await pool.lend(); };
      std::string how = "a loan";
      try {
        co_await aio::timeout(1s, lend);
      } catch (const aio::TimeoutError&) {
        how = "no turn";
      } catch (const std::system_error&) {
        how = "no connection";
      }
      EXPECT_STORY(house.story, how, "no connection",
                   "connecting has failed, and its permit is gone for good",
                   LooksLike{std::string("no turn"), "a-failed-connect-keeps-its-turn"});
    }
  };
  tests::run_virtual(main());
}

}  // namespace
