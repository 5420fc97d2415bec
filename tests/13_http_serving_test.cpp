// Lesson 13, step 3: a connection that is served, request by request. The test is the client.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>

#include "support/http_pair.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro;
using http::Response, http::ServerRequest;
using tests::iterations, tests::LooksLike, tests::Seen;
using namespace std::chrono_literals;

const auto compiled_visit = tests::compiled_from(http::layers::visit);

/// A client, and a server that answers with the path; /slow takes a second.
class Visitor {
 public:
  explicit Visitor(tests::StreamPair pair = {})
      : far_(std::move(*pair.far)),
        serving_(aio::create_task(serve(std::move(*pair.near)))),
        reading_(aio::create_task(read_all())) {}

  void send(std::string_view text) {
    story.step("the client sends " + shortly(text));
    far_.write(text);
  }
  void end() {
    story.step("the client ends");
    far_.write_eof();
  }
  /// What has come back by now.
  Coro<std::string> answers() {
    co_await iterations(100);
    co_return brief(all_);
  }
  Coro<> leave() {
    serving_.cancel();
    reading_.cancel();
    co_await iterations(10);
  }
  Coro<> sleep(std::chrono::nanoseconds time) { co_await aio::sleep(time); }
  bool ended() const { return reading_.done(); }
  bool served() const { return serving_.done(); }
  bool failed() const { return serving_.done() && serving_.exception() != nullptr; }
  const std::string& all() const { return all_; }

  tests::Story story{aio::running_loop()};
  std::string handled{};

 private:
  static std::string shortly(std::string_view text) {
    if (text.size() > 300) return std::to_string(text.size()) + " bytes";
    return testing::PrintToString(std::string(text));
  }
  Coro<> read_all() {
    std::string piece;
    do {
      piece = co_await far_.read();
      all_ += piece;
    } while (!piece.empty());
  }
  Coro<> serve(aio::Stream stream) {
    http::ServerOptions options;
    options.discard = 1000;
    http::Handler handler = [this](ServerRequest& request) { return answer(request); };
    co_await http::serve_stream(std::move(stream), std::move(handler), options);
  }
  Coro<Response> answer(ServerRequest& request) {
    const std::string path(request.path());
    handled += path;
    story.step("the handler has " + path);
    if (path == "/slow") co_await aio::sleep(1s);
    co_return Response(200, path);
  }
  /// "200 /a, 400 closes": status and body of each response, and whether it says that it closes.
  static std::string brief(std::string_view rest) {
    std::string text;
    while (rest.starts_with("HTTP/1.1 ")) {
      const std::size_t head = rest.find("\r\n\r\n") + 4;
      const std::size_t next = rest.find("HTTP/1.1 ", head);
      const std::string_view body = rest.substr(head, next == rest.npos ? next : next - head);
      text += (text.empty() ? "" : ", ") + std::string(rest.substr(9, 3));
      if (body.starts_with('/')) text += " " + std::string(body);
      const bool closes = rest.substr(0, head).contains("Connection: close");
      text += closes ? " closes" : "";
      rest = next == rest.npos ? "" : rest.substr(next);
    }
    return text;
  }

  std::string all_{};
  aio::Stream far_;
  aio::Task<> serving_, reading_;
};

/// Runs `talk(visitor)`.
void visit(const std::function<Coro<>(Visitor&)>& talk) {
  const auto all = [&]() -> Coro<> {
    Visitor visitor;
    co_await talk(visitor);
    co_await visitor.leave();
  };
  tests::run_virtual(all());
}

std::string get(std::string_view path, std::string_view headers = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: here\r\n" + std::string(headers) + "\r\n";
}

TEST(Step3_Loop, AnswersARequest) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/a"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a", "a request is answered");
  });
}

TEST(Step3_Loop, WaitsForTheNextRequest) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/a"));
    co_await visitor.answers();
    co_await visitor.sleep(30s);
    visitor.send(get("/b"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a, 200 /b",
                 "nobody has closed, so the connection waits for the next request",
                 LooksLike{"200 /a", "one-request-a-connection"});
  });
}

TEST(Step3_Loop, AnswersWhatCameAlong) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/a") + get("/b") + get("/c"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a, 200 /b, 200 /c",
                 "three requests have come in one go, and nothing more will come",
                 LooksLike{"200 /a", "waits-for-what-has-come"},
                 LooksLike{"200 /a", "one-request-a-connection"});
  });
}

TEST(Step3_Loop, AnswersInOrderThoughTheFirstIsSlow) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/slow") + get("/quick"));
    const std::string early = co_await visitor.answers();
    EXPECT_STORY(visitor.story, early, "", "the first request takes a second");
    EXPECT_STORY(visitor.story, visitor.handled, "/slow", "one request at a time is handled");
    co_await visitor.sleep(2s);
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /slow, 200 /quick", "answers have no names");
  });
}

TEST(Step3_End, IsObeyedWhenTheClientWantsIt) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/a", "Connection: close\r\n") + get("/b"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a closes",
                 "the client has said that this was its last request",
                 Seen{"200 /a closes, 200 /b closes", "close-is-not-obeyed"});
    EXPECT_STORY(visitor.story, visitor.ended(), true, "the connection ends after the answer");
  });
}

TEST(Step3_End, ComesWithTheClientsEnd) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/a"));
    visitor.end();
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a", "what was asked before the end is answered");
    EXPECT_STORY(visitor.story, visitor.served(), true, "nothing more can come");
  });
}

TEST(Step3_End, GivesTheClientTimeToHearTheLastAnswer) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/a", "Connection: close\r\n"));
    co_await visitor.answers();
    EXPECT_STORY(
        visitor.story, visitor.served(), false,
        "the client may be sending still: a connection that is closed with bytes unread is "
        "reset, and the last answer is lost",
        Seen{true, "hangs-up-on-whoever-sends"});
    visitor.end();
    co_await visitor.answers();
    EXPECT_STORY(visitor.story, visitor.served(), true, "both sides have ended");
  });
}

TEST(Step3_End, ComesAfterARefusal) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send("GET / HTTP/1.1\r\nHost : here\r\n\r\n" + get("/b"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "400 closes",
                 "nobody knows where the next request begins");
    EXPECT_STORY(visitor.story, visitor.handled, "", "no handler gets what is no request");
  });
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(get("/a", "Expect: a miracle\r\n") + get("/b"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "417 closes",
                 "a request that was refused is the last one of its connection",
                 Seen{"417, 200 /b", "goes-on-after-a-refusal"});
  });
}

TEST(Step3_Rest, OfABodyIsReadAway) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send("POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello" + get("/b"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a, 200 /b",
                 "the handler has not read the body; behind it comes the next request",
                 LooksLike{"200 /a", "an-unread-body-ends-it"},
                 LooksLike{"200 /a", "waits-for-what-has-come"});
  });
}

TEST(Step3_Rest, OfABodyThatIsLongIsNot) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send("POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 500000\r\n\r\n");
    const std::string early = co_await visitor.answers();
    EXPECT_STORY(visitor.story, early, "200 /a", "the answer does not wait for a body to read away",
                 LooksLike{"", "reads-away-before-it-answers"});
    visitor.send(std::string(500'000, 'x') + get("/b"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a",
                 "more than ServerOptions::discard is not worth reading for nobody",
                 LooksLike{"200 /a, 200 /b", "reads-away-everything"});
  });
}

TEST(Step3_Rest, OfABodyMayBreakTheProtocol) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(
        "POST /a HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
        "no length\r\n" +
        get("/b"));
    const std::string answers = co_await visitor.answers();
    EXPECT_STORY(visitor.story, answers, "200 /a", "nobody knows where the next request begins");
    EXPECT_STORY(
        visitor.story, visitor.failed(), false,
        "the connection ends; that the client broke the protocol is no failure of the server",
        LooksLike{true, "the-rest-is-always-right"});
  });
}

TEST(Step3_Rest, OfABodyIsNotAskedForAfterTheAnswer) {
  visit([](Visitor& visitor) -> Coro<> {
    visitor.send(
        "PUT /a HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    co_await visitor.answers();
    EXPECT_STORY(visitor.story, visitor.all().contains("100 Continue"), false,
                 "the request has its answer: nobody should be told to send the body now",
                 Seen{true, "go-on-after-the-answer"});
    EXPECT_STORY(visitor.story, visitor.ended(), true,
                 "nobody knows whether the client will send the body",
                 LooksLike{false, "go-on-after-the-answer"});
  });
}

}  // namespace
