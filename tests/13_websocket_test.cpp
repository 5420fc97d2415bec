// Lesson 13: WebSocket, its frames as data (http/frames.txt), its handshake, and both sides of a
// connection over socketpairs, on virtual time.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <aio/connect.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>
#include <http/websocket.hpp>

#include "support/pattern.hpp"
#include "support/run_virtual.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::UniqueFd;
using http::Request, http::Response, http::WebSocket, http::WebSocketMessage, http::WebSocketSide;
using http::detail::Frames;

// ── frames, as data ──

/// One row of http/frames.txt.
struct Row {
  std::string name, side, bytes, outcome, section;
};

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/// Hexadecimal digits as bytes; {61*3} stands for 616161.
std::string unpacked(std::string_view hex) {
  std::string bytes;
  while (!hex.empty()) {
    const bool is_run = hex.front() == '{';
    if (is_run) hex.remove_prefix(1);
    const char byte = static_cast<char>(digit(hex[0]) * 16 + digit(hex[1]));
    hex.remove_prefix(2);
    const std::size_t count = is_run ? std::stoul(std::string(hex.substr(1))) : 1;
    if (is_run) hex.remove_prefix(hex.find('}') + 1);
    bytes.append(count, byte);
  }
  return bytes;
}

std::vector<std::string> split(std::string_view text, std::string_view by) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(by);
    parts.emplace_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + by.size());
  }
}

std::vector<Row> read_rows() {
  std::ifstream file(LOOPWRIGHT_HTTP_DATA "/frames.txt");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto fields = split(line, " ; ");
    if (fields.size() != 5) throw std::runtime_error("frames.txt: not five fields: " + line);
    rows.push_back({fields[0], fields[1], fields[2], fields[3], fields[4]});
  }
  return rows;
}

/// What is expected, with everything unpacked: "t=..." and so on.
std::vector<std::string> expected(const Row& row) {
  std::vector<std::string> all;
  if (row.outcome.empty()) return all;
  for (const std::string& one : split(row.outcome, " ")) {
    const bool is_code = one.starts_with("close=") || one.starts_with("fail=");
    const std::size_t after = one.find('=') + 1;
    all.push_back(one.substr(0, after) +
                  (is_code ? one.substr(after) : unpacked(one.substr(after))));
  }
  return all;
}

/// A control frame that a side sends: its opcode and what is in it.
struct Control {
  int opcode;
  std::string payload;
};

/// Takes the frames apart that a side has sent: short ones, as control frames are.
std::vector<Control> controls(std::string_view sent) {
  std::vector<Control> all;
  while (!sent.empty()) {
    const auto byte = [sent](std::size_t at) { return static_cast<unsigned char>(sent[at]); };
    const bool masked = (byte(1) & 0x80) != 0;
    const std::size_t size = byte(1) & 0x7f, start = masked ? 6 : 2;
    std::string payload(sent.substr(start, size));
    for (std::size_t i = 0; masked && i < size; ++i) {
      payload[i] = static_cast<char>(payload[i] ^ sent[2 + i % 4]);
    }
    all.push_back({byte(0) & 0x0f, payload});
    sent.remove_prefix(start + size);
  }
  return all;
}

int code_in(const std::string& payload) {
  if (payload.empty()) return 1005;
  return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
}

/// What comes of bytes that arrive `piece` at a time.
std::vector<std::string> outcome(const Row& row, std::size_t piece) {
  Frames frames(row.side == "server" ? WebSocketSide::server : WebSocketSide::client, 100'000);
  const std::string bytes = unpacked(row.bytes);
  std::vector<std::string> all;
  std::string sent;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    frames.put(std::string_view(bytes).substr(at, piece));
    sent += frames.take_output();
  }
  while (const auto message = frames.next()) {
    all.push_back((message->is_text ? "t=" : "b=") + message->data);
  }
  for (const Control& control : controls(sent)) {
    if (control.opcode == 10) all.push_back("pong=" + control.payload);
    if (control.opcode != 8) continue;
    const std::string kind = frames.failure() != 0 ? "fail=" : "close=";
    all.push_back(kind + std::to_string(code_in(control.payload)));
  }
  return all;
}

TEST(WebSocketFrames, GiveWhatTheirTableSays) {
  const auto rows = read_rows();
  EXPECT_GE(rows.size(), 100u);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name + ", RFC 6455, " + row.section);
    EXPECT_EQ(outcome(row, std::string::npos / 2), expected(row));
  }
}

TEST(WebSocketFrames, GiveTheSameWhereverTheyAreCut) {
  for (const Row& row : read_rows()) {
    SCOPED_TRACE(row.name + ", RFC 6455, " + row.section);
    EXPECT_EQ(outcome(row, 1), expected(row));
    EXPECT_EQ(outcome(row, 3), expected(row));
  }
}

TEST(WebSocketFrames, OfAClientAreMaskedEachInItsOwnWay) {
  Frames frames(WebSocketSide::client, 1000);
  frames.send("Hello", true);
  const std::string first = frames.take_output();
  frames.send("Hello", true);
  const std::string second = frames.take_output();
  ASSERT_EQ(first.size(), 2u + 4u + 5u);
  EXPECT_EQ(first.substr(0, 2), "\x81\x85");
  EXPECT_EQ(controls(first).front().payload, "Hello");
  EXPECT_NE(first.substr(2, 4), second.substr(2, 4));
}

TEST(WebSocketFrames, OfAServerAreNotMasked) {
  Frames frames(WebSocketSide::server, 1000);
  frames.send("Hello", true);
  EXPECT_EQ(frames.take_output(), "\x81\x05Hello");
}

// ── text ──

TEST(WebSocketText, IsUtf8) {
  using http::detail::is_utf8;
  for (const char* text : {"", "abc", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text :
       {"\x80", "\xc1\xbf", "\xc2", "\xc2z", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe1\x80", "\xe1\x80z"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

// ── the handshake ──

Request opening() {
  Request request("GET", "/chat");
  request.headers = {{"Host", "server.example.com"},
                     {"Upgrade", "websocket"},
                     {"Connection", "keep-alive, Upgrade"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Version", "13"}};
  return request;
}

/// The status of the answer to a request with one header changed; without a value it is left out.
int status_with(std::string_view name, std::optional<std::string_view> value) {
  Request request = opening();
  value ? request.headers.set(name, *value) : static_cast<void>(request.headers.remove(name));
  return http::websocket_response(request).status;
}

TEST(WebSocketHandshake, AnswersAsInTheRfc) {
  const Response response = http::websocket_response(opening());
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.headers.get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_TRUE(response.headers.has_token("Connection", "upgrade"));
  EXPECT_EQ(response.headers.get("Upgrade"), "websocket");
}

TEST(WebSocketHandshake, ReadsListsOfTokensWithoutCase) {
  EXPECT_EQ(status_with("Upgrade", "h2c, WebSocket"), 101);
  EXPECT_EQ(status_with("Connection", "UPGRADE"), 101);
}

TEST(WebSocketHandshake, RefusesWhatAsksForNone) {
  EXPECT_EQ(status_with("Upgrade", std::nullopt), 400);
  EXPECT_EQ(status_with("Upgrade", "websockets"), 400);
  EXPECT_EQ(status_with("Connection", "keep-alive"), 400);
  Request old = opening();
  old.minor = 0;
  EXPECT_EQ(http::websocket_response(old).status, 400);
}

TEST(WebSocketHandshake, RefusesOtherVersionsAndNamesItsOwn) {
  EXPECT_EQ(status_with("Sec-WebSocket-Version", "8"), 426);
  EXPECT_EQ(status_with("Sec-WebSocket-Version", std::nullopt), 426);
  Request request = opening();
  request.headers.set("Sec-WebSocket-Version", "14");
  const Response response = http::websocket_response(request);
  EXPECT_EQ(response.headers.get("Sec-WebSocket-Version"), "13");
}

TEST(WebSocketHandshake, RefusesKeysThatAreNone) {
  EXPECT_EQ(status_with("Sec-WebSocket-Key", std::nullopt), 400);
  EXPECT_EQ(status_with("Sec-WebSocket-Key", ""), 400);
  EXPECT_EQ(status_with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ"), 400);
  EXPECT_EQ(status_with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE="), 400);
  EXPECT_EQ(status_with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub2_jZQ=="), 400);
  Request two = opening();
  two.headers.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(http::websocket_response(two).status, 400);
}

TEST(WebSocketHandshake, RefusesOtherMethods) {
  Request request = opening();
  request.method = "POST";
  const Response response = http::websocket_response(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET");
}

TEST(WebSocketHandshake, TakesPagesOfItsOwnHostOnlyUnlessItIsToldOtherwise) {
  EXPECT_EQ(status_with("Origin", "http://server.example.com"), 101);
  EXPECT_EQ(status_with("Origin", "https://SERVER.example.com"), 101);
  EXPECT_EQ(status_with("Origin", "http://evil.example"), 403);
  EXPECT_EQ(status_with("Origin", "http://server.example.com.evil.example"), 403);
  EXPECT_EQ(status_with("Origin", "null"), 403);
  Request request = opening();
  request.headers.set("Origin", "http://friend.example");
  EXPECT_EQ(http::websocket_response(request, nullptr).status, 101);
  const auto friends = [](const Request& asked) {
    return asked.headers.get("Origin") == "http://friend.example";
  };
  EXPECT_EQ(http::websocket_response(request, friends).status, 101);
  EXPECT_EQ(http::websocket_response(opening(), friends).status, 403);
}

TEST(WebSocketHandshake, BothSidesAgree) {
  const std::string key = http::websocket_key();
  const Request request = http::websocket_request(http::Url::parse("ws://h:81/chat?x"), key);
  EXPECT_EQ(request.target, "/chat?x");
  EXPECT_EQ(request.headers.get("Host"), "h:81");
  const Response response = http::websocket_response(request);
  ASSERT_EQ(response.status, 101);
  EXPECT_NO_THROW(http::check_websocket_response(response, key));
  EXPECT_NE(http::websocket_key(), key);
  EXPECT_THROW(http::check_websocket_response(response, http::websocket_key()),
               http::ProtocolError);
}

TEST(WebSocketHandshake, TheClientRefusesWhatItHasNotAskedFor) {
  const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  const auto check_with = [&key](std::string_view name, std::string_view value) {
    Response response = http::websocket_response(opening());
    response.headers.set(name, value);
    http::check_websocket_response(response, key);
  };
  EXPECT_NO_THROW(check_with("X-Other", "x"));
  EXPECT_THROW(check_with("Upgrade", "h2c"), http::ProtocolError);
  EXPECT_THROW(check_with("Connection", "close"), http::ProtocolError);
  EXPECT_THROW(check_with("Sec-WebSocket-Accept", "x"), http::ProtocolError);
  EXPECT_THROW(check_with("Sec-WebSocket-Extensions", "permessage-deflate"), http::ProtocolError);
  EXPECT_THROW(check_with("Sec-WebSocket-Protocol", "chat"), http::ProtocolError);
  EXPECT_THROW(http::check_websocket_response(Response(200), key), http::ProtocolError);
}

// ── connections ──

/// Both ends of a connection.
struct Ends {
  explicit Ends(const http::WebSocketOptions& options = {}) {
    int fds[2];
    aio::check_syscall("socketpair",
                       ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    UniqueFd one(fds[0]), other(fds[1]);
    const auto make = [&options](UniqueFd& fd, WebSocketSide side) {
      http::Channel channel(aio::Stream::adopt(std::move(fd)));
      return std::make_unique<WebSocket>(std::move(channel), side, options);
    };
    client = make(one, WebSocketSide::client);
    server = make(other, WebSocketSide::server);
  }
  std::unique_ptr<WebSocket> client, server;
};

/// One end, and the bare stream at the other.
struct BareEnds {
  explicit BareEnds(WebSocketSide side, const http::WebSocketOptions& options = {}) {
    int fds[2];
    aio::check_syscall("socketpair",
                       ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    UniqueFd one(fds[0]), other(fds[1]);
    bare.emplace(aio::Stream::adopt(std::move(one)));
    http::Channel channel(aio::Stream::adopt(std::move(other)));
    socket = std::make_unique<WebSocket>(std::move(channel), side, options);
  }
  std::optional<aio::Stream> bare;
  std::unique_ptr<WebSocket> socket;
};

/// The code of the WebSocketError that receive() throws; 0: none.
Coro<int> failure_of(WebSocket& socket) {
  try {
    co_await socket.receive();
  } catch (const http::WebSocketError& error) {
    co_return error.code;
  }
  co_return 0;
}

Coro<> echo(WebSocket& socket) {
  while (auto message = co_await socket.receive()) {
    if (message->is_text) {
      co_await socket.send(std::move(message->data));
    } else {
      co_await socket.send_bytes(std::move(message->data));
    }
  }
}

TEST(WebSockets, CarryMessagesBothWays) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    auto serving = aio::create_task(echo(*ends.server));
    co_await ends.client->send("Grüße");
    co_await ends.client->send_bytes(std::string("\0\xff", 2));
    const auto text = co_await ends.client->receive();
    const auto bytes = co_await ends.client->receive();
    EXPECT_EQ(text, (WebSocketMessage{"Grüße", true}));
    EXPECT_EQ(bytes, (WebSocketMessage{std::string("\0\xff", 2), false}));
    co_await ends.client->close();
    co_await serving;
  }());
}

TEST(WebSockets, CloseOnBothSidesWithTheCode) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    auto closing = aio::create_task(ends.client->close(4001, "enough"));
    const auto nothing = co_await ends.server->receive();
    EXPECT_FALSE(nothing.has_value());
    EXPECT_EQ(ends.server->close_code(), 4001);
    EXPECT_EQ(ends.server->close_reason(), "enough");
    co_await closing;
    EXPECT_EQ(ends.client->close_code(), 4001);
    EXPECT_TRUE(ends.client->is_closing());
  }());
}

TEST(WebSockets, ReceiveEndsWellForWhoClosesToo) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    auto receiving = aio::create_task(ends.client->receive());
    auto serving = aio::create_task(echo(*ends.server));
    co_await aio::sleep(1s);
    co_await ends.client->close();
    const auto nothing = co_await std::move(receiving);
    EXPECT_FALSE(nothing.has_value());
    co_await serving;
  }());
}

TEST(WebSockets, WaitForTheOthersCloseOnlySoLong) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::client);
    const auto before = aio::running_loop().time();
    co_await ends.socket->close();
    EXPECT_EQ(aio::running_loop().time() - before, 10s);
    EXPECT_TRUE(ends.socket->is_closing());
  }());
}

TEST(WebSockets, SendNothingAfterClose) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    auto closing = aio::create_task(ends.client->close());
    const auto nothing = co_await ends.server->receive();
    EXPECT_FALSE(nothing.has_value());
    bool refused = false;
    try {
      co_await ends.server->send("late");
    } catch (const http::WebSocketClosed&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    co_await closing;
  }());
}

TEST(WebSockets, RefuseCodesAndReasonsThatNobodyMaySend) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    const std::string long_reason(124, 'x');
    int refused = 0;
    for (const int code : {0, 999, 1004, 1006, 1012, 1015, 2999, 5000}) {
      try {
        co_await ends.client->close(static_cast<std::uint16_t>(code));
      } catch (const std::invalid_argument&) {
        ++refused;
      }
    }
    EXPECT_EQ(refused, 8);
    for (const std::string& reason : {long_reason, std::string("\xff")}) {
      try {
        co_await ends.client->close(1000, reason);
      } catch (const std::invalid_argument&) {
        ++refused;
      }
    }
    EXPECT_EQ(refused, 10);
    EXPECT_FALSE(ends.client->is_closing());
  }());
}

TEST(WebSockets, RefuseTextThatIsNone) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    bool refused = false;
    try {
      co_await ends.client->send("\xff");
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
  }());
}

TEST(WebSockets, TellWhoBreaksTheProtocol) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::server);
    ends.bare->write("\x81\x01x");  // not masked
    EXPECT_EQ(co_await failure_of(*ends.socket), 1002);
    const std::string sent = co_await ends.bare->read_all();
    EXPECT_EQ(sent, "\x88\x02\x03\xea");                 // Close, 1002
    EXPECT_EQ(co_await failure_of(*ends.socket), 1002);  // it stays so
  }());
}

TEST(WebSockets, GiveWhatCameBeforeTheProtocolWasBroken) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::client);
    ends.bare->write("\x81\x02ok\x83\x01x");
    const auto message = co_await ends.socket->receive();
    EXPECT_EQ(message, (WebSocketMessage{"ok", true}));
    EXPECT_EQ(co_await failure_of(*ends.socket), 1002);
  }());
}

TEST(WebSockets, RefuseMessagesThatAreTooLong) {
  http::WebSocketOptions options;
  options.longest_message = 1000;
  tests::run_virtual([](http::WebSocketOptions chosen) -> Coro<> {
    Ends ends(chosen);
    co_await ends.client->send(std::string(1000, 'x'));
    const auto message = co_await ends.server->receive();
    EXPECT_EQ(message->data.size(), 1000u);
    co_await ends.client->send(std::string(1001, 'x'));
    auto client = aio::create_task(ends.client->receive());
    EXPECT_EQ(co_await failure_of(*ends.server), 1009);
    const auto nothing = co_await std::move(client);
    EXPECT_FALSE(nothing.has_value());
    EXPECT_EQ(ends.client->close_code(), 1009);
  }(options));
}

TEST(WebSockets, AConnectionThatIsLostIsNoClose) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::client);
    ends.bare->close();
    EXPECT_EQ(co_await failure_of(*ends.socket), 1006);
    EXPECT_EQ(ends.socket->close_code(), 1006);
  }());
}

TEST(WebSockets, AskWhoIsSilentAndGiveUp) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::server);
    const auto before = aio::running_loop().time();
    EXPECT_EQ(co_await failure_of(*ends.socket), 1006);
    EXPECT_EQ(aio::running_loop().time() - before, 40s);
    EXPECT_EQ(co_await ends.bare->read_exactly(2), std::string("\x89\x00", 2));
  }());
}

TEST(WebSockets, StayOpenAsLongAsPingsAreAnswered) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    auto serving = aio::create_task(echo(*ends.server));
    auto receiving = aio::create_task(ends.client->receive());
    co_await aio::sleep(1h);
    EXPECT_FALSE(receiving.done());
    co_await ends.client->close();
    co_await serving;
    const auto nothing = co_await std::move(receiving);
    EXPECT_FALSE(nothing.has_value());
  }());
}

TEST(WebSockets, SendingWaitsForWhoDoesNotRead) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::server);
    const std::string much = tests::pattern(1'000'000);
    auto sending = aio::create_task(ends.socket->send(much));
    co_await aio::sleep(1s);
    EXPECT_FALSE(sending.done());
    const std::string head = co_await ends.bare->read_exactly(10);
    EXPECT_EQ(head, std::string("\x81\x7f\0\0\0\0\0\x0f\x42\x40", 10));
    EXPECT_EQ(co_await ends.bare->read_exactly(much.size()), much);
    co_await sending;
  }());
}

TEST(WebSockets, ACancelledReceiveLosesNothing) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::client);
    auto receiving = aio::create_task(ends.socket->receive());
    ends.bare->write("\x81\x05He");
    co_await aio::sleep(1s);
    receiving.cancel();
    bool cancelled = false;
    try {
      co_await receiving;
    } catch (const aio::CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
    ends.bare->write("llo");
    const auto message = co_await ends.socket->receive();
    EXPECT_EQ(message, (WebSocketMessage{"Hello", true}));
  }());
}

TEST(WebSockets, OneTaskReceivesAtATime) {
  tests::run_virtual([]() -> Coro<> {
    Ends ends;
    auto first = aio::create_task(ends.client->receive());
    co_await aio::sleep(1s);
    bool refused = false;
    try {
      co_await ends.client->receive();
    } catch (const aio::InvalidStateError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    co_await ends.server->send("x");
    const auto message = co_await std::move(first);
    EXPECT_EQ(message, (WebSocketMessage{"x", true}));
  }());
}

TEST(WebSockets, ACancelledCloseEndsTheConnection) {
  tests::run_virtual([]() -> Coro<> {
    BareEnds ends(WebSocketSide::client);
    auto closing = aio::create_task(ends.socket->close());
    co_await aio::sleep(1s);
    closing.cancel();
    bool cancelled = false;
    try {
      co_await closing;
    } catch (const aio::CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
    const std::string sent = co_await ends.bare->read_all();
    EXPECT_EQ(sent.size(), 8u);  // a masked Close, and then the end
  }());
}

// ── served ──

/// A client of a server on this host, after the handshake.
Coro<> shake_hands(http::Connection& connection) {
  const std::string key = http::websocket_key();
  connection.write_head(http::websocket_request(http::Url::parse("ws://localhost/"), key));
  co_await connection.flush();
  Response response;
  co_await connection.read_response(response, "GET");
  http::check_websocket_response(response, key);
}

Coro<> greet(WebSocket& socket) {
  const auto name = co_await socket.receive();
  if (name->data.empty()) throw std::runtime_error("nobody to greet");
  co_await socket.send("Hello, " + name->data);
}

/// What a server that greets answers to a name, and what it closes with.
struct Greeting {
  std::optional<WebSocketMessage> message;
  int code;
};

Coro<Greeting> greeting_for(std::string name) {
  const auto welcome = [](http::ServerRequest& request) -> Coro<Response> {
    co_return http::serve_websocket(request, greet);
  };
  http::Router router;
  router.get("/", welcome);
  http::Server server = co_await http::serve(std::move(router), "127.0.0.1", 0);
  aio::Stream stream = co_await aio::open_connection("127.0.0.1", server.port());
  http::Channel channel(std::move(stream));
  http::Connection connection(std::move(channel));
  co_await shake_hands(connection);
  WebSocket socket(connection, WebSocketSide::client);
  co_await socket.send(name);
  Greeting greeting;
  greeting.message = co_await socket.receive();
  if (greeting.message) {
    const auto end = co_await socket.receive();
    EXPECT_FALSE(end.has_value());
  }
  greeting.code = socket.close_code();
  co_return greeting;
}

TEST(WebSocketServing, ClosesWhenTheHandlerIsDone) {
  const Greeting greeting = aio::run(greeting_for("Ada"));
  EXPECT_EQ(greeting.message, (WebSocketMessage{"Hello, Ada", true}));
  EXPECT_EQ(greeting.code, 1000);
}

TEST(WebSocketServing, SaysSoWhenTheHandlerFails) {
  const Greeting greeting = aio::run(greeting_for(""));
  EXPECT_FALSE(greeting.message.has_value());
  EXPECT_EQ(greeting.code, 1011);
}

}  // namespace
