// Lesson 16: how a server ends. Time is virtual; the clients are at the other end of a Unix-domain
// socket.

#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <aio/future.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "support/iterations.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Clock, aio::Coro, aio::Server, aio::Stream, aio::Task;
using aio::create_task, aio::sleep;
using tests::LooksLike, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::ending);

using Unfinished = std::vector<std::string>;

/// Where a server and its clients play, and what its handlers do.
struct Stage : tests::Stage {
  std::optional<Stream> given_away;

  /// An abstract name, of this process alone.
  std::string at() const {
    std::string name = "@loopwright-ending-" + std::to_string(::getpid());
    name[0] = '\0';
    return name;
  }
  /// Answers after a while.
  Coro<> answer(Stream stream, Clock::duration takes) {
    try {
      co_await sleep(takes);
      co_await stream.write_all("answer");
    } catch (const CancelledError&) {
      said("handler cancelled@" + time());
      throw;
    }
    said("answered@" + time());
  }
  /// When it is cancelled, it puts things in order for a while.
  Coro<> clean_up(Stream stream, Clock::duration takes) {
    try {
      co_await stream.read();
    } catch (const CancelledError&) {
      said("handler cancelled@" + time());
    }
    co_await sleep(takes);
    said("in order@" + time());
  }
  Coro<Stream> connect() {
    Stream client = co_await aio::open_unix_connection(at());
    co_await tests::iterations();
    co_return client;
  }
  /// One whom the server has not accepted: the kernel needs nobody to connect it.
  aio::UniqueFd connected_in_the_kernel() const {
    aio::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = at();
    std::memcpy(address.sun_path, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    aio::check_syscall("connect", ::connect(socket.get(), to, size));
    return socket;
  }
  /// All that comes, and how it ends.
  Coro<std::string> read_to_end(Stream client) {
    std::string all;
    try {
      for (std::string piece = co_await client.read(); !piece.empty();
           piece = co_await client.read()) {
        all += piece;
      }
    } catch (const std::system_error&) {
      co_return all + " and breaks off";
    }
    co_return all + " and ends";
  }
  /// Shuts it down, and says when that was over and how many were cancelled.
  Coro<Unfinished> shut_down(Server& server, Clock::duration grace) {
    Unfinished unfinished = co_await server.shutdown(grace);
    said("over@" + time() + " cut " + std::to_string(unfinished.size()));
    co_return unfinished;
  }
};

#define EXPECT_ORDER(stage, ...) EXPECT_STORY((stage).story, (stage).story.order(), __VA_ARGS__)

TEST(Step5_Ending, LetsHandlersFinish) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) { return s.answer(std::move(stream), 3s); };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Task<std::string> client = create_task(s.read_to_end(co_await s.connect()));
    co_await s.shut_down(server, 10s);
    const std::string received = co_await client;
    EXPECT_STORY(s.story, received, "answer and ends", "the client gets its answer");
  }(stage));
  EXPECT_ORDER(stage, "answered@3 s over@3 s cut 0",
               "shutdown() ends when the last handler does, and cuts nobody",
               LooksLike{std::string("handler cancelled@0 ms over@0 ms cut 1"), "cuts-at-once"},
               LooksLike{std::string("answered@3 s over@15 s cut 0"), "waits-for-the-whole-grace"});
}

TEST(Step5_Ending, AcceptsNobodyMeanwhile) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) { return s.answer(std::move(stream), 3s); };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Stream client = co_await s.connect();
    const Task<Unfinished> ending = create_task(s.shut_down(server, 10s));
    co_await sleep(1s);
    bool refused = false;
    try {
      co_await aio::open_unix_connection(s.at());
    } catch (const std::system_error&) {
      refused = true;
    }
    EXPECT_STORY(s.story, refused, true, "first of all it stops listening",
                 LooksLike{false, "listens-until-the-end"});
    co_await ending;
    EXPECT_STORY(s.story, server.is_serving(), false, "and does not listen again");
  }(stage));
}

TEST(Step5_Ending, ServesThoseWhoAreConnectedAlready) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) { return s.answer(std::move(stream), 3s); };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const aio::UniqueFd client = s.connected_in_the_kernel();
    co_await s.shut_down(server, 10s);
    std::string received(100, ' ');
    const ssize_t size = ::recv(client.get(), received.data(), received.size(), MSG_DONTWAIT);
    EXPECT_STORY(s.story, size, 6, "the client gets its answer");
  }(stage));
  EXPECT_ORDER(stage, "answered@3 s over@3 s cut 0",
               "the kernel has connected one whom nobody has accepted yet",
               LooksLike{std::string("over@0 ms cut 0"), "forgets-those-at-the-door"});
}

TEST(Step5_Ending, CancelsWhatIsLeftAfterTheGrace) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) { return s.answer(std::move(stream), 1h); };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Task<std::string> client = create_task(s.read_to_end(co_await s.connect()));
    const Unfinished unfinished = co_await s.shut_down(server, 5s);
    const bool told = unfinished.size() == 1 &&
                      unfinished[0].find(", which waits for a sleep") != std::string::npos;
    EXPECT_STORY(s.story, told, true, "the line tells the task, and what it waited for",
                 LooksLike{false, "told-after-it-was-cancelled"});
    EXPECT_STORY(s.story, server.connections(), 0u, "its connection is aborted");
    co_await client;
  }(stage));
  EXPECT_ORDER(
      stage, "handler cancelled@5 s over@5 s cut 1",
      "the grace is over, so the handler is cancelled",
      LooksLike{std::string("over@10 s cut 1 handler cancelled@10 s"), "cuts-connections-only"});
}

TEST(Step5_Ending, CutsAClientThatTakesNothing) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [](Stream stream) -> Coro<> {
      stream.write(std::string(10'000'000, 'x'));
      co_await stream.drain();
    };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Stream client = co_await s.connect();
    co_await s.shut_down(server, 5s);
    EXPECT_STORY(s.story, server.connections(), 0u, "nobody is connected any more");
  }(stage));
  EXPECT_ORDER(stage, "over@5 s cut 1", "what it has not taken by now is dropped",
               LooksLike{std::string("over@10 s cut 1"), "a-polite-end"});
}

TEST(Step5_Ending, GivesTheCancelledTimeToCleanUp) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) { return s.clean_up(std::move(stream), 2s); };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Stream client = co_await s.connect();
    co_await s.shut_down(server, 5s);
  }(stage));
  EXPECT_ORDER(
      stage, "handler cancelled@5 s in order@7 s over@7 s cut 1",
      "after it has cancelled them, shutdown() waits once more",
      LooksLike{std::string("over@5 s cut 1 handler cancelled@5 s"), "no-time-to-clean-up"});
}

TEST(Step5_Ending, WaitsNoLongerThanTheOptionsSay) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    aio::ServerOptions options;
    options.grace = 4s;
    const auto handler = [&s](Stream stream) { return s.clean_up(std::move(stream), 1h); };
    Server server = co_await aio::start_unix_server(handler, s.at(), options);
    const Stream client = co_await s.connect();
    co_await s.shut_down(server, 5s);
  }(stage));
  EXPECT_ORDER(
      stage, "handler cancelled@5 s over@9 s cut 1",
      "5 s of grace, and 4 s for those that were cancelled",
      LooksLike{std::string("handler cancelled@5 s over@10 s cut 1"), "the-same-grace-again"});
}

TEST(Step5_Ending, WaitsForAHandlerWhoseConnectionHasGone) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) -> Coro<> {
      { const Stream closed = std::move(stream); }
      co_await sleep(3s);
      s.said("log written@" + s.time());
    };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Stream client = co_await s.connect();
    co_await s.shut_down(server, 10s);
  }(stage));
  EXPECT_ORDER(stage, "log written@3 s over@3 s cut 0",
               "connections are not all there is to wait for",
               LooksLike{std::string("over@0 ms cut 1"), "handlers-are-not-waited-for"});
}

TEST(Step5_Ending, WaitsForAConnectionWhoseHandlerHasGone) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) -> Coro<> {
      s.given_away.emplace(std::move(stream));
      co_return;
    };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Stream client = co_await s.connect();
    const Task<Unfinished> ending = create_task(s.shut_down(server, 10s));
    co_await sleep(3s);
    s.said("closed@" + s.time());
    s.given_away.reset();
    co_await ending;
  }(stage));
  EXPECT_ORDER(
      stage, "closed@3 s over@3 s cut 0", "a connection may outlive its handler",
      LooksLike{std::string("over@0 ms cut 0 closed@3 s"), "connections-are-not-waited-for"});
}

TEST(Step5_Ending, ACancelledCallerWaitsForNobody) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) { return s.answer(std::move(stream), 1h); };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Task<std::string> client = create_task(s.read_to_end(co_await s.connect()));
    const Task<Unfinished> ending = create_task(s.shut_down(server, 10s));
    co_await sleep(1s);
    ending.cancel();
    co_await tests::iterations();
    EXPECT_STORY(s.story, ending.cancelled(), true, "whoever cancels wants an end now",
                 LooksLike{false, "a-cancelled-caller-waits-on"});
    EXPECT_STORY(s.story, server.connections(), 0u, "its connections are aborted",
                 LooksLike{std::size_t{1}, "cut-nobody-when-cancelled"});
  }(stage));
  EXPECT_ORDER(stage, "handler cancelled@1 s", "the handlers are cancelled",
               LooksLike{std::string(), "cut-nobody-when-cancelled"});
}

TEST(Step5_Ending, MayBeAskedTwice) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto handler = [&s](Stream stream) { return s.answer(std::move(stream), 3s); };
    Server server = co_await aio::start_unix_server(handler, s.at());
    const Stream client = co_await s.connect();
    const Task<Unfinished> first = create_task(s.shut_down(server, 10s));
    co_await s.shut_down(server, 10s);
    co_await first;
    co_await s.shut_down(server, 10s);
  }(stage));
  EXPECT_ORDER(stage, "answered@3 s over@3 s cut 0 over@3 s cut 0 over@3 s cut 0",
               "both wait for the same end, and when it is over there is nothing to do");
}

}  // namespace
