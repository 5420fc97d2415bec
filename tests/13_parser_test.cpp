// Lesson 13: the parser, fed with bytes in all pieces.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <http/connection/parser.hpp>
#include <http/message.hpp>

namespace {

using http::Limits, http::ProtocolError, http::Request, http::Response, http::detail::Parser;

/// What a message was, in one line, or the status of its refusal.
struct Outcome {
  std::string text;
  std::size_t taken = 0;
};

template <class Message>
std::string describe(const Message& message, const std::string& body) {
  std::string start;
  if constexpr (std::is_same_v<Message, Request>) {
    start = message.method + " " + message.target + " 1." + std::to_string(message.minor);
  } else {
    start = std::to_string(message.status) + " " + message.reason;
  }
  std::string fields;
  for (const auto [name, value] : message.headers) {
    fields.append(" ").append(name).append("=").append(value);
  }
  return start + fields + " [" + body + "]";
}

/// Feeds `bytes` in pieces of `size`.
template <class Message, class... Method>
Outcome parse(std::string_view bytes, std::size_t size, const Limits& limits, Method... method) {
  Parser parser;
  Message message;
  std::string body;
  Outcome outcome;
  parser.begin(message, method..., limits);
  try {
    while (!parser.done() && outcome.taken < bytes.size()) {
      outcome.taken += parser.feed(bytes.substr(outcome.taken, size), body);
    }
    const bool complete = parser.done() || parser.finish();
    outcome.text = complete ? describe(message, body) : "incomplete";
  } catch (const ProtocolError& error) {
    outcome.text = std::to_string(error.status);
  }
  return outcome;
}

/// The same outcome, whatever the pieces are.
template <class Message, class... Method>
std::string parsed(std::string_view bytes, const Limits& limits, Method... method) {
  const Outcome whole = parse<Message>(bytes, bytes.size() + 1, limits, method...);
  for (std::size_t size = 1; size < std::min<std::size_t>(bytes.size(), 80); ++size) {
    const Outcome pieces = parse<Message>(bytes, size, limits, method...);
    EXPECT_EQ(pieces.text, whole.text) << "in pieces of " << size << ": " << bytes;
    if (pieces.text != whole.text) break;
    if (whole.text.size() > 3) {
      EXPECT_EQ(pieces.taken, whole.taken);
    }
  }
  return whole.text;
}

std::string request(std::string_view bytes, const Limits& limits = Limits()) {
  return parsed<Request>(bytes, limits);
}
std::string response(std::string_view bytes, std::string_view method = "GET",
                     const Limits& limits = Limits()) {
  return parsed<Response>(bytes, limits, method);
}

TEST(Parser, TakesARequestInAnyPieces) {
  EXPECT_EQ(request("GET /a?b=c HTTP/1.1\r\nHost: h\r\nX:\r\nY:  1 2 \t\r\n\r\n"),
            "GET /a?b=c 1.1 Host=h X= Y=1 2 []");
  EXPECT_EQ(request("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc"),
            "POST / 1.0 Content-Length=3 [abc]");
}

TEST(Parser, TakesChunksWithExtensionsAndDropsTrailers) {
  EXPECT_EQ(request("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    "3;a=b\r\nabc\r\n00A\r\n0123456789\r\n0;x\r\nX-Sum: 1\r\n\r\n"),
            "POST / 1.1 Host=h Transfer-Encoding=Chunked [abc0123456789]");
}

TEST(Parser, StopsWhereTheMessageEnds) {
  const std::string first = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  const std::string second = "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n";
  Parser parser;
  Request message;
  std::string body;
  const Limits limits;
  parser.begin(message, limits);
  const std::string both = first + second;
  std::size_t taken = parser.feed(both, body);
  ASSERT_TRUE(parser.has_head());
  taken += parser.feed(std::string_view(both).substr(taken), body);
  EXPECT_EQ(taken, first.size());
  EXPECT_TRUE(parser.done());
  EXPECT_EQ(parser.feed(second, body), 0U);
  parser.begin(message, limits);
  EXPECT_EQ(parser.feed(second, body), second.size());
  EXPECT_EQ(message.target, "/2");
  EXPECT_EQ(message.headers.size(), 1U);
}

TEST(Parser, SaysThatAMessageIsIncomplete) {
  const std::string_view whole =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: "
      "b\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(parse<Request>(whole.substr(0, size), 7, Limits()).text, "incomplete") << size;
  }
}

TEST(Parser, TakesTwoEmptyLinesBeforeAMessage) {
  EXPECT_EQ(request("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), "GET / 1.1 Host=h []");
  EXPECT_EQ(request("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), "400");
}

TEST(Parser, AUrlAsTargetCountsMoreThanHost) {
  EXPECT_EQ(request("GET http://Real:81/x?y HTTP/1.1\r\nHost: other\r\n\r\n"),
            "GET /x?y 1.1 Host=real:81 []");
}

TEST(Parser, RefusesAtTheFirstByteThatIsWrong) {
  for (const std::string_view bytes :
       {std::string_view("\x16\x03\x01"), std::string_view(" GET"),
        std::string_view("GET / HTTP/1.1\n"), std::string_view("GET / HTTP/1.1\rX"),
        std::string_view("GET / HTTP/1.1\r\nA\0", 18)}) {
    const std::string_view before = bytes.substr(0, bytes.size() - 1);
    EXPECT_EQ(parse<Request>(bytes, 1, Limits()).text, "400") << bytes;
    if (bytes[0] == 'G') {
      EXPECT_EQ(parse<Request>(before, 1, Limits()).text, "incomplete") << bytes;
    }
  }
}

TEST(Parser, HasLimits) {
  Limits limits;
  limits.target = 10, limits.head = 100, limits.fields = 3, limits.body = 5;
  const std::string host = " HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(request("GET /234567890" + host + "\r\n", limits).substr(0, 3), "GET");
  EXPECT_EQ(request("GET /2345678901" + host + "\r\n", limits), "414");
  EXPECT_EQ(request("GET /" + std::string(200, 'a'), limits), "414");
  EXPECT_EQ(request("GET /" + host + "A: " + std::string(70, 'a') + "\r\n\r\n", limits), "431");
  EXPECT_EQ(request("GET /" + host + "A: " + std::string(100, 'a'), limits), "431");
  EXPECT_EQ(request("GET /" + host + "A: 1\r\nB: 1\r\n\r\n", limits).substr(0, 3), "GET");
  EXPECT_EQ(request("GET /" + host + "A: 1\r\nB: 1\r\nC: 1\r\n\r\n", limits), "431");
  EXPECT_EQ(request("POST /" + host + "Content-Length: 5\r\n\r\n12345", limits).substr(0, 4),
            "POST");
  EXPECT_EQ(request("POST /" + host + "Content-Length: 6\r\n\r\n", limits), "413");
  const std::string chunked = "POST /" + host + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(request(chunked + "5\r\n12345\r\n0\r\n\r\n", limits).substr(0, 4), "POST");
  EXPECT_EQ(request(chunked + "3\r\n123\r\n3\r\n123\r\n0\r\n\r\n", limits), "413");
  EXPECT_EQ(request(chunked + "0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", limits), "431");
  EXPECT_EQ(request(chunked + "0\r\nA: " + std::string(100, 'a') + "\r\n\r\n", limits), "431");
  limits.chunk_overhead = 20;
  EXPECT_EQ(request(chunked + "5;" + std::string(60, 'a') + "\r\n12345\r\n0\r\n\r\n", limits),
            "400");
}

TEST(Parser, TakesResponses) {
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
            "200 OK Content-Length=2 [hi]");
  EXPECT_EQ(response("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n"), "404  Content-Length=0 []");
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
            "200 OK Transfer-Encoding=chunked [hi]");
  EXPECT_EQ(response("HTTP/1.0 200 OK\r\n\r\nuntil the end"), "200 OK [until the end]");
}

TEST(Parser, KnowsWhichResponsesHaveNoBody) {
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD"),
            "200 OK Content-Length=2 []");
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "HEAD"),
            "200 OK Content-Length=99999999999 []");
  EXPECT_EQ(response("HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n"),
            "304 Not Modified Content-Length=2 []");
  EXPECT_EQ(response("HTTP/1.1 204 No Content\r\n\r\n"), "204 No Content []");
  EXPECT_EQ(
      response("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
      "101 Switching Protocols Upgrade=x Connection=upgrade []");
}

TEST(Parser, RefusesResponsesThatHaveNoSingleMeaning) {
  for (const std::string head :
       {"Content-Length: 2\r\nContent-Length: 3", "Content-Length: 2\r\nContent-Length: 2",
        "Content-Length: 2\r\nTransfer-Encoding: chunked", "Content-Length: -2",
        "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked", "A : b", " A: b", "A\r\n"}) {
    EXPECT_EQ(response("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n"), "502") << head;
  }
  EXPECT_EQ(response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "502");
  for (const char* start :
       {"HTTP/2 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", "ICY 200 OK",
        "HTTP/1.1 200\tOK", "HTTP/1.1 000 OK"}) {
    EXPECT_EQ(response(std::string(start) + "\r\n\r\n"), "502") << start;
  }
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"), "502");
}

}  // namespace
