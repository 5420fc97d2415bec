// use-12d: a pool of connections, over real sockets.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/semaphore.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "pool.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::Server, aio::Stream;
using tests::iterations, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::server);

/// A server that answers each line with the line and the number of its connection, and counts.
struct Library {
  Coro<> open(long limit) {
    const auto serve = [this](Stream stream) { return answer(std::move(stream)); };
    server.emplace(co_await aio::start_server(serve, "127.0.0.1", 0));
    pool.emplace("127.0.0.1", server->port(), limit);
  }
  Coro<> answer(Stream stream) {
    const std::string number = std::to_string(++connections);
    most = std::max(most, server->connections());
    try {
      while (true) {
        std::string line = co_await stream.read_line();
        if (line.empty()) co_return;
        line.pop_back();
        stream.write(line + " by " + number + "\n");
      }
    } catch (const std::system_error&) {  // whoever asked is gone
    }
  }

  tests::Story story{};
  int connections = 0;   // ever made
  std::size_t most = 0;  // at a time
  std::optional<Server> server{};
  std::optional<Pool> pool{};
};

/// Asks on a borrowed connection, and gives the answer.
Coro<std::string> ask(Library& library, std::string question, std::chrono::seconds time = 0s) {
  std::string answer;
  co_await library.pool->with([&](Stream& stream) -> Coro<> {
    library.story.step("\"" + question + "\" is asked");
    stream.write(question + "\n");
    co_await aio::sleep(time);
    answer = co_await stream.read_line();
  });
  co_return answer;
}

void in_library(Coro<> (*scene)(Library&), long most = 2) {
  Library library;
  tests::run_virtual([](Library& there, Coro<> (*play)(Library&), long many) -> Coro<> {
    co_await there.open(many);
    co_await play(there);
    there.pool.reset();
    there.server->close();
    co_await there.server->wait_closed();
  }(library, scene, most));
}

TEST(Use12d_Pool, AConnectionIsUsedAgain) {
  in_library([](Library& library) -> Coro<> {
    const std::string one = co_await ask(library, "one");
    EXPECT_STORY(library.story, one, "one by 1\n",
                 "the first question is answered by the first connection");
    EXPECT_STORY(library.story, library.pool->idle(), 1U, "the connection was given back");
    const std::string two = co_await ask(library, "two");
    EXPECT_STORY(library.story, two, "two by 1\n", "a connection was made although one is idle");
    EXPECT_STORY(library.story, library.pool->idle(), 1U, "the connection was given back");
  });
}

TEST(Use12d_Pool, TheOneUsedLastIsLentFirst) {
  in_library([](Library& library) -> Coro<> {
    auto slow = aio::create_task(ask(library, "slow", 2s));
    co_await ask(library, "quick", 1s);
    const std::string last = co_await slow;  // "slow by 2": the connection that came back last
    const std::string next = co_await ask(library, "next");
    EXPECT_STORY(library.story, last.substr(4) == next.substr(4), true,
                 "two connections are idle, and the one is lent that has been idle for longer: it "
                 "is the first that the other side will close",
                 tests::LooksLike{false, "lends-the-oldest"});
  });
}

TEST(Use12d_Pool, NeverMoreThanSoMany) {
  in_library([](Library& library) -> Coro<> {
    tests::Story story;
    story.step("five questions at once, two connections at most");
    std::vector<Coro<std::string>> questions;
    for (const char* word : {"a", "b", "c", "d", "e"}) {
      questions.push_back(ask(library, word, 1s));
    }
    const std::vector<std::string> answers = co_await aio::gather(std::move(questions));
    for (const std::string& answer : answers) story.ran(answer.substr(0, 1));
    EXPECT_STORY(story, story.order(), "a b c d e", "somebody got the answer of somebody else");
    EXPECT_STORY(story, library.most, 2U, "more connections were open than are allowed",
                 Seen{std::size_t{5}, "a-connection-for-everybody"});
    EXPECT_STORY(story, library.connections, 2, "connections are not used again");
  });
}

TEST(Use12d_Pool, WorkThatFailsDoesNotGiveItsConnectionBack) {
  in_library([](Library& library) -> Coro<> {
    for (int i = 0; i < 2; ++i) {  // there are two permits
      bool failed = false;
      try {
        co_await library.pool->with([](Stream& stream) -> Coro<> {
          stream.write("half a question");
          throw std::runtime_error("changed my mind");
          co_return;
        });
      } catch (const std::runtime_error&) {
        failed = true;
      }
      EXPECT_STORY(library.story, failed, true, "what the work throws belongs to its caller");
      EXPECT_STORY(library.story, library.pool->idle(), 0U,
                   "a connection came back in the middle of a question");
    }
    auto asking = aio::create_task(ask(library, "next"));
    for (int i = 0; i < 100 && !asking.done(); ++i) co_await iterations(1);
    const std::string next = asking.done() ? asking.result() : "(nothing)";
    asking.cancel();
    EXPECT_STORY(library.story, next.starts_with("next by "), true,
                 "the work has thrown, and its permit was not given back: a guard gives it back on "
                 "every way out",
                 tests::LooksLike{false, "the-permit-is-lost"});
  });
}

TEST(Use12d_Pool, WhoLeavesAnAnswerUnreadDoesNotGiveItBack) {
  in_library([](Library& library) -> Coro<> {
    tests::Story story;
    co_await library.pool->with([](Stream& stream) -> Coro<> {
      stream.write("first\nsecond\n");
      co_await stream.read_line();
      co_await iterations();
    });
    story.step("two questions, and only the first answer is read");
    const std::size_t kept = library.pool->idle();
    const std::string answer = co_await ask(library, "third");
    EXPECT_STORY(story, answer, "third by 2\n",
                 "a connection that holds an old answer is lent again",
                 Seen{std::string("second by 1\n"), "returned-while-dirty"});
    EXPECT_STORY(library.story, kept, 0U, "a connection that nobody may use again is kept open");
  });
}

TEST(Use12d_Pool, OneThatEndsWhileItIsIdleIsNotLent) {
  in_library([](Library& library) -> Coro<> {
    const std::string first = co_await ask(library, "first");
    EXPECT_STORY(library.story, first, "first by 1\n",
                 "the first question is answered by the first connection");
    library.server->close_clients();
    co_await iterations();
    std::string second;
    try {
      second = co_await ask(library, "second");
    } catch (const std::system_error&) {
      second = "(an error of the connection)";
    }
    EXPECT_STORY(library.story, second, "second by 2\n",
                 "the server has closed the idle connection, and it is lent all the same: ask "
                 "whether it is clean when you take it, too");
  });
}

TEST(Use12d_Pool, WorkThatIsCancelledLetsItsConnectionGo) {
  in_library(
      [](Library& library) -> Coro<> {
        auto slow = aio::create_task(ask(library, "slow", 60s));
        co_await aio::sleep(1s);
        slow.cancel();
        co_await iterations();
        EXPECT_STORY(library.story, slow.cancelled(), true,
                     "the request to stop has to come out as CancelledError");
        EXPECT_STORY(library.story, library.pool->idle(), 0U,
                     "an answer is on its way on this connection");
        const std::string next = co_await ask(library, "next");
        EXPECT_STORY(library.story, next, "next by 2\n",
                     "a new connection is made, and its permit is there");
      },
      1);
}

TEST(Use12d_Pool, WhoGivesUpWaitingTakesNothing) {
  in_library(
      [](Library& library) -> Coro<> {
        auto first = aio::create_task(ask(library, "first", 10s));
        auto gives_up = aio::create_task(ask(library, "gives up"));
        auto last = aio::create_task(ask(library, "last"));
        co_await aio::sleep(1s);
        gives_up.cancel();
        co_await iterations();
        EXPECT_STORY(library.story, gives_up.cancelled(), true,
                     "it cannot be cancelled while it waits for its turn");
        const std::string one = co_await first;
        const std::string two = co_await last;
        EXPECT_STORY(library.story, one, "first by 1\n",
                     "the first question is answered by the first connection");
        EXPECT_STORY(library.story, two, "last by 1\n",
                     "the one who gave up has taken a permit or a connection along");
      },
      1);
}

/// The connection is there, and in the same instant nobody wants it any more.
TEST(Use12d_Pool, WhoGivesUpWhenItsTurnComesPassesItOn) {
  in_library(
      [](Library& library) -> Coro<> {
        std::optional<aio::Task<std::string>> gives_up;
        auto first = aio::create_task([](Library& there, auto& other) -> Coro<> {
          co_await there.pool->with([](Stream& stream) -> Coro<> {
            stream.write("first\n");
            co_await aio::sleep(1s);
            co_await stream.read_line();
          });
          other->cancel();  // it was just woken
        }(library, gives_up));
        gives_up.emplace(aio::create_task(ask(library, "gives up")));
        co_await first;
        co_await iterations();
        EXPECT_STORY(library.story, gives_up->cancelled(), true,
                     "the request to stop has to come out as CancelledError");
        const std::string last = co_await ask(library, "last");
        EXPECT_STORY(library.story, last, "last by 1\n",
                     "the one who gave up has taken a permit along");
      },
      1);
}

TEST(Use12d_Pool, WhoCannotConnectKeepsNoPermit) {
  in_library([](Library& library) -> Coro<> {
    library.server->close();
    for (int i = 0; i < 3; ++i) {
      int error = 0;
      try {
        co_await ask(library, "anybody there?");
      } catch (const std::system_error& refused) {
        error = refused.code().value();
      }
      EXPECT_STORY(
          library.story, error, ECONNREFUSED,
          "a failure to connect is thrown on; on the third attempt there may be no permit left");
    }
  });
}

/// Borrows a connection; two others want one afterwards, and may have two at a time.
struct Cancelled : tests::CancelScene {
  Library* there = nullptr;

  Coro<> play() override { co_await ask(*there, "first", 1s); }
  Coro<> world(Coro<> playing) override {
    Library library;
    there = &library;
    co_await library.open(1);
    const auto other = aio::create_task(ask(library, "other", 1s));
    co_await std::move(playing);
    const std::string answer = co_await other;
    EXPECT_STORY(story, answer.starts_with("other by "), true, "it was given an old answer");
    const std::string next = co_await ask(library, "next");
    EXPECT_STORY(story, next.starts_with("next by "), true, "it was given an old answer");
    library.pool.reset();
    library.server->close();
    co_await library.server->wait_closed();
  }
  Tasks tasks() const override { return Tasks::others; }
};

TEST(Use12d_Pool, TheNextOneIsServedWheneverOneIsCancelled) {
  tests::cancel_anywhere<Cancelled>("the permit of one who was cancelled is lost");
}

}  // namespace
