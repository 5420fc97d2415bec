// Lesson 13: one side of one connection, over socketpairs.

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>
#include <http/connection.hpp>
#include <http/message.hpp>

#include "support/http_pair.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;
using http::Channel, http::Connection, http::Limits, http::ProtocolError, http::Request,
    http::Response;
using namespace std::chrono_literals;

/// A connection, and the raw stream at its other end.
struct Talk {
  explicit Talk(const Limits& limits = Limits()) {
    tests::StreamPair pair;
    here.emplace(Channel(std::move(*pair.near)), limits);
    there.emplace(std::move(*pair.far));
  }
  std::optional<Connection> here;
  std::optional<aio::Stream> there;
};

const std::string post = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
const std::string chunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

TEST(Connection, ReadsARequestThatIsCutAnywhere) {
  const auto read = [](std::size_t cut) -> Coro<> {
    Talk talk;
    const auto send = [&talk, cut]() -> Coro<> {
      talk.there->write(post.substr(0, cut));
      co_await tests::iterations(3);
      talk.there->write(post.substr(cut));
    };
    aio::Task<> sending = aio::create_task(send());
    Request request;
    const bool has_come = co_await talk.here->read_request(request);
    const std::string body = co_await talk.here->read_all();
    EXPECT_TRUE(has_come && talk.here->reusable());
    EXPECT_EQ(request.method + request.target + body, "POST/xhello") << cut;
    co_await sending;
  };
  for (std::size_t cut = 0; cut <= post.size(); ++cut) tests::run_virtual(read(cut));
}

TEST(Connection, ReadsAResponseThatIsCutAnywhere) {
  const auto read = [](std::size_t cut) -> Coro<> {
    Talk talk;
    const auto send = [&talk, cut]() -> Coro<> {
      talk.there->write(chunks.substr(0, cut));
      co_await tests::iterations(3);
      talk.there->write(chunks.substr(cut));
    };
    aio::Task<> sending = aio::create_task(send());
    Response response;
    co_await talk.here->read_response(response, "GET");
    const std::string body = co_await talk.here->read_all();
    EXPECT_EQ(std::to_string(response.status) + body, "200abcde") << cut;
    EXPECT_TRUE(talk.here->reusable());
    co_await sending;
  };
  for (std::size_t cut = 0; cut <= chunks.size(); ++cut) tests::run_virtual(read(cut));
}

/// What a client makes of a response that ends after `size` bytes.
Coro<std::string> cut_off(std::string bytes, std::size_t size) {
  Talk talk;
  talk.there->write(bytes.substr(0, size));
  talk.there->close();
  Response response;
  try {
    co_await talk.here->read_response(response, "GET");
    const std::string body = co_await talk.here->read_all();
    co_return "whole " + body;
  } catch (const aio::IncompleteReadError&) {
    EXPECT_FALSE(talk.here->reusable());
  }
  co_return "incomplete";
}

TEST(Connection, TellsAMessageThatIsCutOffFromAWholeOne) {
  const std::string length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  for (const std::string& bytes : {chunks, length}) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(tests::run_virtual(cut_off(bytes, size)), "incomplete") << size << " of " << bytes;
    }
    EXPECT_TRUE(tests::run_virtual(cut_off(bytes, bytes.size())).starts_with("whole "));
  }
  EXPECT_EQ(tests::run_virtual(cut_off("HTTP/1.1 200 OK\r\n\r\nabc", 100)), "whole abc");
}

TEST(Connection, SaysThatNoRequestCame) {
  const auto read = [](std::string bytes) -> Coro<std::string> {
    Talk talk;
    talk.there->write(bytes);
    talk.there->close();
    Request request;
    try {
      const bool has_come = co_await talk.here->read_request(request);
      co_return has_come ? "request" : "none";
    } catch (const aio::IncompleteReadError&) {
    }
    co_return "cut";
  };
  EXPECT_EQ(tests::run_virtual(read("")), "none");
  EXPECT_EQ(tests::run_virtual(read("\r\n")), "none");
  EXPECT_EQ(tests::run_virtual(read("G")), "cut");
  EXPECT_EQ(tests::run_virtual(read(post.substr(0, 30))), "cut");
}

TEST(Connection, ReadsWhatWasPipelinedOneByOne) {
  const auto read = []() -> Coro<> {
    Talk talk;
    talk.there->write(post + post);
    Request request;
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(co_await talk.here->read_request(request));
      EXPECT_EQ(co_await talk.here->read(), "hello");
      EXPECT_EQ(co_await talk.here->read(), "");
    }
    EXPECT_FALSE(talk.here->has_input());
  };
  tests::run_virtual(read());
}

TEST(Connection, RefusesToReadOnBeforeTheBodyIsRead) {
  const auto read = []() -> Coro<> {
    Talk talk;
    talk.there->write(post + post);
    Request request;
    co_await talk.here->read_request(request);
    EXPECT_FALSE(talk.here->reusable());
    EXPECT_THROW(co_await talk.here->read_request(request), aio::InvalidStateError);
  };
  tests::run_virtual(read());
}

TEST(Connection, SkipsInterimResponses) {
  const auto read = []() -> Coro<> {
    Talk talk;
    talk.there->write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
                      chunks);
    Response response;
    co_await talk.here->read_response(response, "POST");
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(response.headers.contains("Link"));
  };
  tests::run_virtual(read());
}

TEST(Connection, ACancelledReadOfABodyLosesNothing) {
  const auto read = []() -> Coro<> {
    Talk talk;
    talk.there->write(post.substr(0, post.size() - 2));
    Request request;
    co_await talk.here->read_request(request);
    std::string body = co_await talk.here->read();
    EXPECT_THROW(co_await aio::wait_for(talk.here->read(), 1s), aio::TimeoutError);
    talk.there->write("lo");
    body += co_await talk.here->read();
    EXPECT_EQ(body, "hello");
    EXPECT_TRUE(talk.here->reusable());
  };
  tests::run_virtual(read());
}

/// What comes out at the other end.
Coro<std::string> written(Connection& connection, aio::Stream& there) {
  co_await connection.flush();
  connection.channel().close();
  co_return co_await there.read_all();
}

TEST(Connection, WritesARequest) {
  const auto write = []() -> Coro<std::string> {
    Talk talk;
    Request request("PUT", "/a?b");
    request.headers.add("Host", "h");
    request.headers.add("Content-Length", "5");
    talk.here->write_head(request);
    EXPECT_FALSE(talk.here->reusable());
    talk.here->write("he");
    talk.here->write("llo");
    talk.here->finish();
    EXPECT_TRUE(talk.here->reusable());
    co_return co_await written(*talk.here, *talk.there);
  };
  EXPECT_EQ(tests::run_virtual(write()),
            "PUT /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(Connection, WritesChunks) {
  const auto write = []() -> Coro<std::string> {
    Talk talk;
    talk.here->write_head(Response(), true, {.chunked = true, .length = {}});
    talk.here->write("0123456789abcdef");
    talk.here->write("");
    talk.here->finish();
    co_return co_await written(*talk.here, *talk.there);
  };
  EXPECT_EQ(tests::run_virtual(write()),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            "10\r\n0123456789abcdef\r\n0\r\n\r\n");
}

TEST(Connection, ABodyIsAsLongAsItsLengthSays) {
  const auto write = []() -> Coro<> {
    Talk talk;
    talk.here->write_head(Response(), true, {.chunked = false, .length = 3});
    talk.here->write("ab");
    EXPECT_THROW(talk.here->finish(), aio::InvalidStateError);
    EXPECT_THROW(talk.here->write("cd"), aio::InvalidStateError);
    EXPECT_THROW(talk.here->write_head(Response(), true), aio::InvalidStateError);
    talk.here->write("c");
    talk.here->finish();
    EXPECT_THROW(talk.here->write("d"), aio::InvalidStateError);
    co_return;
  };
  tests::run_virtual(write());
}

TEST(Connection, RefusesHeadsThatWouldBeTwo) {
  const auto write = []() -> Coro<> {
    Talk talk;
    for (const char* target : {"", "/a b", "/a\r\nX: y", "/#x", "/%z"}) {
      EXPECT_THROW(talk.here->write_head(Request("GET", target)), std::invalid_argument) << target;
    }
    EXPECT_THROW(talk.here->write_head(Request("GET\r\n", "/")), std::invalid_argument);
    Request both;
    both.headers.add("Content-Length", "1");
    both.headers.add("Transfer-Encoding", "chunked");
    EXPECT_THROW(talk.here->write_head(both), std::invalid_argument);
    Response split;
    split.reason = "OK\r\nSet-Cookie: x";
    EXPECT_THROW(talk.here->write_head(split, true), std::invalid_argument);
    EXPECT_THROW(talk.here->write_head(Response(99), true), std::invalid_argument);
    EXPECT_EQ(talk.here->buffered(), 0U);
    co_return;
  };
  tests::run_virtual(write());
}

TEST(Connection, IsOfNoUseAfterAnError) {
  const auto read = []() -> Coro<> {
    Talk talk;
    talk.there->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    Response response;
    co_await talk.here->read_response(response, "GET");
    EXPECT_THROW(co_await talk.here->read(), ProtocolError);
    EXPECT_FALSE(talk.here->reusable());
  };
  tests::run_virtual(read());
}

TEST(Connection, ClosesWhenEitherSideSaysSo) {
  const auto read = [](std::string bytes) -> Coro<bool> {
    Talk talk;
    talk.there->write(bytes);
    talk.there->write_eof();
    Response response;
    co_await talk.here->read_response(response, "GET");
    co_await talk.here->read_all();
    co_return talk.here->reusable();
  };
  EXPECT_TRUE(tests::run_virtual(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")));
  EXPECT_FALSE(tests::run_virtual(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")));
  EXPECT_FALSE(tests::run_virtual(
      read("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")));
  EXPECT_FALSE(tests::run_virtual(read("HTTP/1.1 200 OK\r\n\r\nx")));
}

}  // namespace
