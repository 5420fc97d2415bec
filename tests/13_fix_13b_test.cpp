// fix-13b: a client that keeps its connection for the next question.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>
#include <http/server.hpp>

#include "asker.hpp"
#include "support/http_pair.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro;
using tests::LooksLike, tests::Seen;

/// A server, and somebody who asks it.
struct Library {
  Coro<aio::Stream> connect() {
    ++connections;
    tests::StreamPair pair;
    http::Handler handler = answer;
    serving.push_back(
        aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler))));
    co_return std::move(*pair.near);
  }
  static Coro<http::Response> answer(http::ServerRequest& request) {
    const std::string path(request.path());
    if (path == "/slow") co_await aio::sleep(1s);
    if (path == "/nothing") co_return http::Response(404);
    if (path == "/page") co_return http::Response(200, "A title\r\n\r\nand a text");
    if (path == "/gone") {
      http::Response gone(410);
      gone.headers.add("Connection", "close");
      co_return gone;
    }
    if (path == "/long") {
      http::Response lasts(200);
      lasts.headers.add("Content-Length", "10");
      lasts.stream = write_slowly;
      co_return lasts;
    }
    http::Response response(200, path);
    if (path == "/last") response.headers.add("Connection", "close");
    co_return response;
  }
  static Coro<> write_slowly(http::BodyWriter body) {
    co_await body.write("/long");
    co_await aio::sleep(1s);
    co_await body.write("/end!");
  }
  /// Asks, and gives up after half a second. Returns what it comes to.
  Coro<std::string> ask_in_vain(std::string target) {
    story.step("ask(\"" + target + "\"), and give up after half a second");
    const auto ask = [this, &target] { return asker.ask(target); };
    try {
      co_return co_await aio::timeout(500ms, ask);
    } catch (const aio::TimeoutError&) {
      co_return "TimeoutError";
    }
  }
  Coro<std::string> ask(std::string target) {
    story.step("ask(\"" + target + "\")");
    try {
      co_return co_await asker.ask(std::move(target));
    } catch (const aio::IncompleteReadError&) {
      co_return "IncompleteReadError";
    }
  }
  Coro<> close() {
    for (aio::Task<>& task : serving) task.cancel();
    co_await aio::sleep(1s);
  }

  tests::Story story{aio::running_loop()};
  int connections = 0;
  std::vector<aio::Task<>> serving{};
  Asker asker{[this] { return connect(); }};
};

template <class Talk>
void in_library(Talk talk) {
  const auto all = [&]() -> Coro<> {
    Library library;
    co_await talk(library);
    co_await library.close();
  };
  tests::run_virtual(all());
}

TEST(Fix13b_Asker, KeepsAConnectionThatIsClean) {
  in_library([](Library& library) -> Coro<> {
    const std::string one = co_await library.ask("/one");
    const std::string two = co_await library.ask("/two");
    library.story.step("exists(\"/nothing\"): 404, with Content-Length: 0");
    const bool nothing = co_await library.asker.exists("/nothing");
    const std::string three = co_await library.ask("/three");
    EXPECT_STORY(library.story, one + two + three, "/one/two/three", "each question is answered");
    EXPECT_STORY(library.story, nothing, false, "404 says that nothing is there");
    EXPECT_STORY(
        library.story, library.connections, 1,
        "each answer was read to its end, for that of exists() has no body: one connection "
        "is enough",
        LooksLike{4, "keeps-nothing"});
  });
}

TEST(Fix13b_Asker, LetsGoOfAnAnswerThatWasNotRead) {
  in_library([](Library& library) -> Coro<> {
    library.story.step("exists(\"/page\"): a body comes, which nobody reads");
    const bool there = co_await library.asker.exists("/page");
    const std::string two = co_await library.ask("/two");
    EXPECT_STORY(library.story, there, true, "200 says that something is there");
    EXPECT_STORY(library.story, two, "/two", "the body of the other answer stands before this one",
                 LooksLike{"", "keeps-what-was-not-read"});
    if (two != "/two") co_return;
    EXPECT_STORY(library.story, library.connections, 2,
                 "exists() reads no body, which may be long; so its connection is not clean",
                 LooksLike{1, "reads-what-nobody-wants"});
  });
}

TEST(Fix13b_Asker, LetsGoOfAQuestionThatWasGivenUp) {
  in_library([](Library& library) -> Coro<> {
    const std::string slow = co_await library.ask_in_vain("/slow");
    EXPECT_STORY(library.story, slow, "TimeoutError", "whoever is told to stop throws that on");
    const std::string two = co_await library.ask("/two");
    EXPECT_STORY(library.story, two, "/two", "the answer to the first question comes first",
                 Seen{"/slow", "keeps-what-was-given-up"});
  });
}

TEST(Fix13b_Asker, LetsGoOfAnAnswerThatWasHalfRead) {
  in_library([](Library& library) -> Coro<> {
    library.story.step("the head of /long comes at once, the end of its body a second later");
    const std::string lasts = co_await library.ask_in_vain("/long");
    EXPECT_STORY(library.story, lasts, "TimeoutError", "whoever is told to stop throws that on",
                 LooksLike{"", "an-answer-for-who-gave-up"});
    const std::string two = co_await library.ask("/two");
    EXPECT_STORY(library.story, two, "/two", "the rest of the first answer comes first",
                 LooksLike{"", "kept-before-it-was-read"});
    EXPECT_STORY(library.story, library.connections, 2,
                 "while the body is on its way, the connection is not clean",
                 LooksLike{1, "kept-before-it-was-read"});
  });
}

TEST(Fix13b_Asker, LetsGoWhenExistsIsGivenUp) {
  in_library([](Library& library) -> Coro<> {
    library.story.step("exists(\"/slow\"), and give up after half a second");
    const auto slow = [&library] { return library.asker.exists("/slow"); };
    try {
      co_await aio::timeout(500ms, slow);
    } catch (const aio::TimeoutError&) {
    }
    const std::string two = co_await library.ask("/two");
    EXPECT_STORY(library.story, two, "/two", "the answer to exists() comes first",
                 Seen{"/slow", "exists-is-never-given-up"});
  });
}

TEST(Fix13b_Asker, LetsGoOfAConnectionThatTheServerCloses) {
  in_library([](Library& library) -> Coro<> {
    const std::string last = co_await library.ask("/last");
    const std::string two = co_await library.ask("/two");
    EXPECT_STORY(library.story, last + two, "/last/two",
                 "the server has said that it closes after the first answer",
                 Seen{"/lastIncompleteReadError", "does-not-hear-close"});
    library.story.step("exists(\"/gone\"): 410, without a body, and the server closes");
    const bool gone = co_await library.asker.exists("/gone");
    const std::string three = co_await library.ask("/three");
    EXPECT_STORY(library.story, gone, false, "410 says that nothing is there");
    EXPECT_STORY(library.story, three, "/three", "exists() hears that the server closes, too",
                 LooksLike{"IncompleteReadError", "exists-does-not-hear-close"});
  });
}

}  // namespace
