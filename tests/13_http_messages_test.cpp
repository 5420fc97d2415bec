// Lesson 13, steps 1 and 2: a connection reads messages and writes them. Its other end is a stream
// that the test holds.

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <http/connection.hpp>
#include <http/message.hpp>

#include "support/http_pair.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro;
using http::Channel, http::Connection, http::Request, http::Response;
using tests::iterations, tests::LooksLike, tests::Seen;

const auto compiled_outgoing = tests::compiled_from(http::layers::outgoing);
const auto compiled_connection = tests::compiled_from(http::layers::connection);

/// A connection, and its other end, which tells what it sends.
struct Wire {
  explicit Wire(tests::StreamPair pair = {})
      : connection(Channel(std::move(*pair.near))), far(std::move(*pair.far)) {}

  void send(std::string_view text) {
    story.step("the other side sends " + testing::PrintToString(std::string(text)));
    far.write(text);
  }
  void end() {
    story.step("the other side ends");
    far.close();
  }
  /// What this side has sent, once it ends.
  Coro<std::string> sent() {
    connection.channel().close();
    co_return co_await far.read_all();
  }

  tests::Story story{};
  Connection connection;
  aio::Stream far;
};

/// What a read of a request comes to.
Coro<std::string> next_request(Connection& connection) {
  Request request;
  try {
    const bool has_come = co_await connection.read_request(request);
    co_return has_come ? request.method + " " + request.target : "the end";
  } catch (const aio::IncompleteReadError&) {
    co_return "IncompleteReadError";
  } catch (const http::ProtocolError& error) {
    co_return "ProtocolError " + std::to_string(error.status);
  }
}

Coro<std::string> next_response(Connection& connection, std::string method) {
  Response response;
  try {
    co_await connection.read_response(response, std::move(method));
  } catch (const aio::IncompleteReadError&) {
    co_return "IncompleteReadError";
  }
  co_return std::to_string(response.status);
}

/// The next piece of a body, or what is thrown.
Coro<std::string> next_piece(Connection& connection) {
  try {
    co_return co_await connection.read();
  } catch (const aio::IncompleteReadError&) {
    co_return "IncompleteReadError";
  } catch (const http::ProtocolError& error) {
    co_return "ProtocolError " + std::to_string(error.status);
  }
}

/// What a task comes to that has all it needs; it does not wait for ever.
Coro<std::string> soon(aio::Task<std::string> task) {
  co_await iterations(20);
  if (task.done()) co_return task.result();
  task.cancel();
  co_return "(it still waits)";
}
Coro<std::string> soon(Coro<std::string> reads) {
  aio::Task<std::string> task = aio::create_task(std::move(reads));
  co_return co_await soon(std::move(task));
}

Coro<std::string> head_from(aio::Stream& stream) {
  co_return co_await stream.read_until("\r\n\r\n");
}

/// Runs `talk(wire)`.
void on_wire(const std::function<Coro<>(Wire&)>& talk) {
  const auto all = [&]() -> Coro<> {
    Wire wire;
    co_await talk(wire);
  };
  tests::run_virtual(all());
}

// ── step 13.1: read a message ──

TEST(Step1_Head, ComesInAnyPieces) {
  on_wire([](Wire& wire) -> Coro<> {
    aio::Task<std::string> reading = aio::create_task(next_request(wire.connection));
    for (const std::string_view piece :
         {"GET /pa", "ge?n=1 HTTP/1.1\r", "\nHost: he", "re\r\n", "\r", "\n"}) {
      co_await iterations(5);
      wire.send(piece);
    }
    const std::string request = co_await soon(std::move(reading));
    EXPECT_STORY(wire.story, request, "GET /page?n=1",
                 "a head is there when its empty line is there, however many reads that takes",
                 LooksLike{" ", "one-read-is-a-head"});
  });
}

TEST(Step1_Head, LeavesWhatCameBehindItForTheNext) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("GET /one HTTP/1.1\r\nHost: here\r\n\r\nGET /two HTTP/1.1\r\nHost: here\r\n\r\n");
    const std::string one = co_await soon(next_request(wire.connection));
    const std::string two = co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, one, "GET /one", "the first request is read first");
    EXPECT_STORY(wire.story, two, "GET /two",
                 "the second request has come already: nothing has to be read for it",
                 Seen{"(it still waits)", "what-came-along-is-lost"});
  });
}

TEST(Step1_Head, MayNotComeAnyMore) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("GET /one HTTP/1.1\r\nHost: here\r\n\r\n");
    wire.end();
    const std::string one = co_await soon(next_request(wire.connection));
    const std::string end = co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, one, "GET /one", "this request came before the end");
    EXPECT_STORY(wire.story, end, "the end",
                 "a stream that ends between two messages has lost nothing",
                 Seen{"IncompleteReadError", "every-end-is-an-error"});
  });
}

TEST(Step1_Head, ThatIsCutIsAnError) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("GET /one HTTP/1.1\r\nHo");
    wire.end();
    const std::string request = co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, request, "IncompleteReadError",
                 "the stream has ended in the middle of a head",
                 Seen{"the end", "half-a-head-is-no-head"});
  });
}

TEST(Step1_Head, SaysWhetherTheConnectionStays) {
  for (const auto& [head, stays] :
       {std::pair("GET / HTTP/1.1\r\nHost: here\r\n\r\n", true),
        std::pair("GET / HTTP/1.1\r\nHost: here\r\nConnection: Close\r\n\r\n", false),
        std::pair("GET / HTTP/1.0\r\n\r\n", false),
        std::pair("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true)}) {
    on_wire([&](Wire& wire) -> Coro<> {
      wire.send(head);
      co_await soon(next_request(wire.connection));
      EXPECT_STORY(wire.story, wire.connection.keeps_open(), stays,
                   "HTTP/1.1 stays unless it says `close`, 1.0 only if it says `keep-alive`",
                   LooksLike{true, "close-is-not-heard"});
    });
  }
}

TEST(Step1_Head, DoesNotTakeBackThatThisSideCloses) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.story.step("this side says that it will close");
    wire.connection.will_close();
    wire.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, wire.connection.keeps_open(), false,
                 "the connection stays only if neither side has said that it closes",
                 Seen{true, "the-last-word-counts"});
  });
}

TEST(Step1_Head, SaysWhichVersionTheOtherSideSpeaks) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("GET / HTTP/1.0\r\n\r\n");
    co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, wire.connection.peer_minor(), 0,
                 "what is answered depends on the version of the request",
                 Seen{1, "the-version-is-not-noted"});
  });
}

TEST(Step1_Body, EndsWhereItsLengthSays) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n");
    const std::string head = co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, head, "POST /", "the head has come, and is not to wait for the body",
                 Seen{"(it still waits)", "a-head-waits-for-its-body"});
    wire.send("hel");
    const std::string one = co_await soon(next_piece(wire.connection));
    wire.send("loGET /next HTTP/1.1\r\nHost: here\r\n\r\n");
    const std::string two = co_await soon(next_piece(wire.connection));
    const std::string end = co_await soon(next_piece(wire.connection));
    EXPECT_STORY(wire.story, one, "hel", "a piece is what has come");
    EXPECT_STORY(wire.story, two, "lo", "the body ends after five bytes");
    EXPECT_STORY(wire.story, end, "", "an empty piece says that the body has ended");
    const std::string next = co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, next, "GET /next", "what came behind the body is the next request");
  });
}

TEST(Step1_Body, MayHaveComeAlongWithItsHead) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello");
    co_await soon(next_request(wire.connection));
    const std::string body = co_await soon(next_piece(wire.connection));
    EXPECT_STORY(wire.story, body, "hello", "the body is there already: nothing has to be read",
                 Seen{"(it still waits)", "a-body-that-is-there-is-awaited"});
  });
}

TEST(Step1_Body, ThatWasReadIsNotWaitedFor) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    co_await soon(next_request(wire.connection));
    const std::string end = co_await soon(next_piece(wire.connection));
    EXPECT_STORY(wire.story, end, "", "a request without a length has no body: nothing is awaited",
                 Seen{"(it still waits)", "reads-behind-the-body"});
  });
}

TEST(Step1_Body, ComesInChunksInAnyPieces) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n");
    co_await soon(next_request(wire.connection));
    aio::Task<std::string> reading = aio::create_task(next_piece(wire.connection));
    wire.send("5\r");
    co_await iterations(5);
    wire.send("\nhello\r\n");
    const std::string one = co_await soon(std::move(reading));
    EXPECT_STORY(wire.story, one, "hello",
                 "the length of a chunk has come, but nothing of the chunk: that is no piece yet",
                 Seen{"", "no-bytes-are-the-end"});
    wire.send("0\r\n\r\n");
    const std::string end = co_await soon(next_piece(wire.connection));
    EXPECT_STORY(wire.story, end, "", "a chunk of no bytes ends the body");
    EXPECT_STORY(wire.story, wire.connection.body_done(), true, "the body has been read");
  });
}

TEST(Step1_Body, ThatIsCutIsAnError) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    wire.end();
    co_await soon(next_response(wire.connection, "GET"));
    const std::string one = co_await soon(next_piece(wire.connection));
    const std::string end = co_await soon(next_piece(wire.connection));
    EXPECT_STORY(wire.story, one, "hello", "half of the body has come");
    EXPECT_STORY(wire.story, end, "IncompleteReadError",
                 "ten bytes were promised, and the stream ends after five",
                 Seen{"", "a-cut-body-is-a-body"});
  });
}

TEST(Step1_Body, MayEndWithTheConnection) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("HTTP/1.1 200 OK\r\n\r\nall of it");
    wire.end();
    co_await soon(next_response(wire.connection, "GET"));
    EXPECT_STORY(wire.story, wire.connection.keeps_open(), false,
                 "the body ends where the stream ends: nothing can come behind it",
                 Seen{true, "a-body-without-end-stays-open"});
    const std::string one = co_await soon(next_piece(wire.connection));
    const std::string end = co_await soon(next_piece(wire.connection));
    EXPECT_STORY(wire.story, one + "|" + end, "all of it|", "the end of the stream is its end");
  });
}

TEST(Step1_Body, OfNothingNeedsNoLength) {
  for (const auto& [head, method] : {std::pair("HTTP/1.1 204 No Content\r\n\r\n", "GET"),
                                     std::pair("HTTP/1.1 200 OK\r\n\r\n", "HEAD")}) {
    on_wire([&](Wire& wire) -> Coro<> {
      wire.story.step(std::string("this side has sent a request with ") + method);
      wire.send(head);
      co_await soon(next_response(wire.connection, method));
      EXPECT_STORY(wire.story, wire.connection.keeps_open(), true,
                   "this response has no body, so it has ended, and the connection stays",
                   Seen{false, "nothing-lasts-to-the-end"});
    });
  }
}

TEST(Step1_Response, StandsBehindThoseThatAreInterim) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const std::string status = co_await soon(next_response(wire.connection, "GET"));
    EXPECT_STORY(wire.story, status, "200", "1xx says that the response is still to come",
                 Seen{"100", "the-first-head-is-the-response"});
  });
}

TEST(Step1_Response, ThatSwitchesTheProtocolIsTheLast) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\nhi");
    const std::string status = co_await soon(next_response(wire.connection, "GET"));
    EXPECT_STORY(wire.story, status, "101", "after 101 comes no other response");
    EXPECT_STORY(wire.story, wire.connection.take_input(), "hi",
                 "what came along belongs to the other protocol");
  });
}

TEST(Step1_Response, ThatNeverComesIsAnError) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.end();
    const std::string status = co_await soon(next_response(wire.connection, "GET"));
    EXPECT_STORY(wire.story, status, "IncompleteReadError",
                 "somebody asked, and the stream ends without an answer");
  });
}

TEST(Step1_Continue, IsSaidToWhoWaitsForItWhenTheBodyIsRead) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("PUT / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    co_await soon(next_request(wire.connection));
    EXPECT_STORY(wire.story, wire.connection.expects_continue(), true,
                 "the request says that it waits to be told to go on");
    aio::Task<std::string> reading = aio::create_task(next_piece(wire.connection));
    const std::string told = co_await soon(head_from(wire.far));
    EXPECT_STORY(wire.story, told, "HTTP/1.1 100 Continue\r\n\r\n",
                 "the client waits for a word before it sends the body, and this side for the body",
                 LooksLike{"(it still waits)", "nobody-is-told-to-go-on"});
    wire.send("hi");
    const std::string body = co_await soon(std::move(reading));
    EXPECT_STORY(wire.story, body, "hi", "then the body comes");
  });
}

// ── step 13.2: write a message ──

/// A response that is to be written, and what is written.
Response plain(int status, std::string body = {}) {
  Response response(status);
  response.body = std::move(body);
  return response;
}

http::detail::Framing by_length(std::uint64_t length) {
  http::detail::Framing framing;
  framing.length = length;
  return framing;
}
http::detail::Framing by_chunks() {
  http::detail::Framing framing;
  framing.chunked = true;
  return framing;
}

/// What an action throws.
template <class Act>
std::string thrown_by(Act act) {
  try {
    act();
  } catch (const aio::InvalidStateError&) {
    return "InvalidStateError";
  } catch (const std::invalid_argument&) {
    return "invalid_argument";
  }
  return "nothing";
}

TEST(Step2_Response, HasALengthAndThatManyBytes) {
  on_wire([](Wire& wire) -> Coro<> {
    Response response = plain(200);
    response.headers.add("X-Kind", "test");
    wire.story.step("a response of five bytes is written");
    wire.connection.write_head(response, true, by_length(5));
    wire.connection.write("he");
    wire.connection.write("llo");
    wire.connection.finish();
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, sent,
                 "HTTP/1.1 200 OK\r\nX-Kind: test\r\nContent-Length: 5\r\n\r\nhello",
                 "status line, headers, how the body ends, an empty line, the body");
  });
}

TEST(Step2_Response, HasTheFramingOfItsOwnHeaders) {
  on_wire([](Wire& wire) -> Coro<> {
    Response response = plain(200);
    response.headers.add("Content-Length", "2");
    wire.story.step("a response says itself that it has two bytes");
    wire.connection.write_head(response, true, by_chunks());
    wire.connection.write("hi");
    wire.connection.finish();
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, sent, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                 "what the headers say counts, and is said once",
                 Seen{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "2\r\nhi\r\n0\r\n\r\n",
                      "two-framings-at-once"});
  });
}

TEST(Step2_Response, HasTheLinesThatAreToBeAdded) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.story.step("a response is written, with a line to be added: Date: today");
    wire.connection.write_head(plain(204), false, {}, "Date: today\r\n");
    wire.connection.finish();
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, sent, "HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n",
                 "what is passed as `more` stands behind the headers of the response",
                 Seen{"HTTP/1.1 204 No Content\r\n\r\n", "nothing-is-added"});
  });
}

TEST(Step2_Response, ComesWhenTheOneBeforeIsFinished) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.story.step("a response is written, but not finished");
    wire.connection.write_head(plain(200), true, by_chunks());
    wire.connection.write("one");
    const std::string early =
        thrown_by([&] { wire.connection.write_head(plain(204), false, by_length(0)); });
    EXPECT_STORY(wire.story, early, "InvalidStateError",
                 "the head would be taken for a part of the body before it",
                 Seen{"nothing", "a-head-within-a-body"});
    wire.connection.finish();
    wire.story.step("it is finished");
    const std::string late =
        thrown_by([&] { wire.connection.write_head(plain(204), false, by_length(0)); });
    EXPECT_STORY(wire.story, late, "nothing", "the next response may come now",
                 Seen{"InvalidStateError", "no-body-ever-finishes"});
    co_return;
  });
}

TEST(Step2_Chunks, SayHowLongEachIs) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.story.step("pieces of 12, 0 and 1 bytes are written in chunks");
    wire.connection.write_head(plain(200), true, by_chunks());
    wire.connection.write("twelve bytes");
    wire.connection.write("");
    wire.connection.write("!");
    wire.connection.finish();
    co_await wire.connection.flush();
    std::string sent = co_await wire.sent();
    sent.erase(0, sent.find("\r\n\r\n") + 4);
    EXPECT_STORY(wire.story, sent, "c\r\ntwelve bytes\r\n1\r\n!\r\n0\r\n\r\n",
                 "a length in hexadecimal, the piece, and at the end a chunk of no bytes",
                 Seen{"12\r\ntwelve bytes\r\n1\r\n!\r\n0\r\n\r\n", "decimal-chunks"},
                 Seen{"c\r\ntwelve bytes\r\n0\r\n\r\n1\r\n!\r\n0\r\n\r\n", "an-empty-chunk"},
                 Seen{"c\r\ntwelve bytes\r\n1\r\n!\r\n", "chunks-without-an-end"});
  });
}

TEST(Step2_Nothing, IsWhatSomeResponsesHaveForABody) {
  for (const auto& [status, with_body, expected] :
       {std::tuple(204, false, "HTTP/1.1 204 No Content\r\n\r\n"),
        std::tuple(304, false, "HTTP/1.1 304 Not Modified\r\n\r\n")}) {
    on_wire([&](Wire& wire) -> Coro<> {
      wire.story.step("a response with " + std::to_string(status) + " is written");
      wire.connection.write_head(plain(status), with_body, by_length(0));
      wire.connection.finish();
      co_await wire.connection.flush();
      const std::string sent = co_await wire.sent();
      std::string with_length = expected;
      with_length.insert(with_length.size() - 2, "Content-Length: 0\r\n");
      EXPECT_STORY(wire.story, sent, expected,
                   "204 has no length; that of 304 would be the page's, which is not 0",
                   Seen{with_length, "a-length-for-nothing"});
    });
  }
}

TEST(Step2_Nothing, FollowsTheHeadThatHeadAskedFor) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.story.step("a response to HEAD is written, as GET would have 5 bytes");
    wire.connection.write_head(plain(200), false, by_length(5));
    const std::string write = thrown_by([&] { wire.connection.write("hello"); });
    const std::string finish = thrown_by([&] { wire.connection.finish(); });
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, write + ", " + finish, "InvalidStateError, nothing",
                 "there is no room for a body here, and none is missing",
                 Seen{"nothing, nothing", "head-has-a-body"});
    EXPECT_STORY(wire.story, sent, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                 "the head is the one that GET would get");
  });
}

TEST(Step2_Length, IsHeld) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.story.step("a response promises five bytes");
    wire.connection.write_head(plain(200), true, by_length(5));
    wire.connection.write("hell");
    wire.story.step("four bytes are written");
    const std::string early = thrown_by([&] { wire.connection.finish(); });
    EXPECT_STORY(wire.story, early, "InvalidStateError",
                 "one byte is missing: the other side would take the next response for it",
                 Seen{"nothing", "less-than-promised"});
    const std::string much = thrown_by([&] { wire.connection.write("o!"); });
    EXPECT_STORY(wire.story, much, "InvalidStateError",
                 "one byte too many: the other side would take it for the next response",
                 Seen{"nothing", "more-than-promised"});
    co_return;
  });
}

TEST(Step2_StatusLine, CannotBeEndedByAReason) {
  tests::Story story;
  std::string out;
  Response response(200);
  response.reason = "OK\r\nSet-Cookie: user=admin";
  story.step("the reason of a response has a line break in it");
  const std::string reason = thrown_by([&] { http::detail::append_status_line(out, response); });
  EXPECT_STORY(story, reason, "invalid_argument", "what follows the line break would be a header",
               Seen{"nothing", "a-reason-ends-the-line"});
  response = Response(20);
  story.step("a status has two digits");
  const std::string status = thrown_by([&] { http::detail::append_status_line(out, response); });
  EXPECT_STORY(story, status, "invalid_argument", "a status has three digits");
}

TEST(Step2_Connection, SaysWhenItCloses) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.connection.will_close();
    wire.story.step("a response is written on a connection that will close");
    wire.connection.write_head(plain(204), false);
    wire.connection.finish();
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, sent, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                 "HTTP/1.1 stays open unless somebody says that it does not",
                 Seen{"HTTP/1.1 204 No Content\r\n\r\n", "closes-without-a-word"});
  });
}

TEST(Step2_Connection, SaysThatItStaysToWhoWouldNotBelieveIt) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    co_await soon(next_request(wire.connection));
    wire.connection.write_head(plain(204), false);
    wire.connection.finish();
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, sent, "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n",
                 "HTTP/1.0 closes unless somebody says that it does not",
                 LooksLike{"HTTP/1.1 204 No Content\r\n\r\n", "staying-goes-unsaid"});
  });
}

TEST(Step2_Connection, DoesWhatTheHeadersOfAProgramSay) {
  on_wire([](Wire& wire) -> Coro<> {
    Response response = plain(204);
    response.headers.add("Connection", "close");
    wire.story.step("a program writes a response with `Connection: close`");
    wire.connection.write_head(response, false);
    wire.connection.finish();
    EXPECT_STORY(wire.story, wire.connection.keeps_open(), false,
                 "the other side will close, and so must this one",
                 Seen{true, "says-close-and-stays"});
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, sent, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                 "it is said once");
  });
}

TEST(Step2_Connection, EndsWithABodyWithoutALength) {
  on_wire([](Wire& wire) -> Coro<> {
    wire.story.step("a response with a body of unknown length is written, without chunks");
    wire.connection.write_head(plain(200), true);
    wire.connection.write("all");
    wire.connection.finish();
    EXPECT_STORY(wire.story, wire.connection.keeps_open(), false,
                 "only the end of the connection can say where this body ends",
                 Seen{true, "an-endless-body-stays-open"});
    co_await wire.connection.flush();
    const std::string sent = co_await wire.sent();
    EXPECT_STORY(wire.story, sent, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall",
                 "the head says so");
  });
}

}  // namespace
