// Lesson 13, steps 6 and 7: a connection becomes a WebSocket, and messages go over it. The other
// side is the same machine of frames, moved by hand.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <http/message.hpp>
#include <http/websocket.hpp>

#include "support/http_pair.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro;
using http::Channel, http::Request, http::Response, http::WebSocket, http::WebSocketMessage;
using http::WebSocketOptions, http::WebSocketSide;
using http::detail::Frames;
using tests::iterations, tests::LooksLike, tests::Seen;
using namespace std::chrono_literals;

const auto compiled_handshake = tests::compiled_from(http::layers::handshake);
const auto compiled_websocket = tests::compiled_from(http::layers::websocket);

// ── step 13.6: open a WebSocket ──

constexpr const char* key = "dGhlIHNhbXBsZSBub25jZQ==";  // of RFC 6455, 1.3

/// A request that is right in everything, as a browser sends it.
Request opening() {
  Request request("GET", "/chat");
  for (const auto& [name, value] :
       {std::pair("Host", "here:8000"), std::pair("Connection", "keep-alive, Upgrade"),
        std::pair("Upgrade", "WebSocket"), std::pair("Sec-WebSocket-Version", "13"),
        std::pair("Sec-WebSocket-Key", key), std::pair("Origin", "http://here:8000")}) {
    request.headers.add(name, value);
  }
  return request;
}

std::string header_of(const Response& response, std::string_view name) {
  return std::string(response.headers.get(name).value_or("(none)"));
}

TEST(Step6_Handshake, ShowsThatTheKeyWasUnderstood) {
  tests::Story story;
  story.step(std::string("a client sends the key ") + key);
  EXPECT_STORY(story, http::detail::accept_for(key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
               "the SHA-1 of the key and the number of RFC 6455, in Base64",
               Seen{"hHLtf2V1k8aDQZfNjw3Ia1hCwt0=", "the-key-alone-is-hashed"});
}

TEST(Step6_Handshake, OpensForABrowser) {
  tests::Story story;
  story.step("a browser asks: Connection: keep-alive, Upgrade; Upgrade: WebSocket");
  const Response response = http::websocket_response(opening(), nullptr);  // from anywhere
  EXPECT_STORY(story, response.status, 101,
               "Connection is a list, and tokens are the same in capitals and small letters",
               Seen{400, "the-list-is-one-word"});
  EXPECT_STORY(story, header_of(response, "Sec-WebSocket-Accept"), http::detail::accept_for(key),
               "the answer to the key proves that nobody else has answered");
  EXPECT_STORY(story, header_of(response, "Upgrade") + ", " + header_of(response, "Connection"),
               "websocket, Upgrade", "the answer says to what the protocol is switched");
}

TEST(Step6_Handshake, IsOpenedWithGet) {
  tests::Story story;
  Request request = opening();
  request.method = "POST";
  story.step("a client asks with POST");
  const Response response = http::websocket_response(request);
  EXPECT_STORY(story, std::to_string(response.status) + ", Allow: " + header_of(response, "Allow"),
               "405, Allow: GET", "405 says which methods there are",
               Seen{"101, Allow: (none)", "any-method-opens"});
}

TEST(Step6_Handshake, IsNotWhatEverybodyWants) {
  tests::Story story;
  Request request = opening();
  request.headers.remove("Upgrade");
  story.step("somebody opens the address in a browser: a GET without Upgrade");
  EXPECT_STORY(story, http::websocket_response(request).status, 400, "this asks for no WebSocket",
               LooksLike{101, "nobody-needs-to-ask"});
  request = opening();
  request.headers.set("Connection", "close");
  story.step("a request with Upgrade, but without it in Connection: a proxy may have passed it on");
  EXPECT_STORY(story, http::websocket_response(request).status, 400,
               "Upgrade is for the next neighbour only, and Connection says so");
}

TEST(Step6_Handshake, IsOfOneVersion) {
  tests::Story story;
  Request request = opening();
  request.headers.set("Sec-WebSocket-Version", "8");
  story.step("a client asks for version 8");
  const Response response = http::websocket_response(request);
  EXPECT_STORY(
      story, std::to_string(response.status) + ", " + header_of(response, "Sec-WebSocket-Version"),
      "426, 13", "426 says which version there is", Seen{"101, (none)", "any-version-will-do"},
      LooksLike{"400, (none)", "the-version-is-not-told"});
}

TEST(Step6_Handshake, HasAKey) {
  for (const char* const wrong : {"short", "dGhlIHNhbXBsZSBub25jZQ=!", ""}) {
    tests::Story story;
    Request request = opening();
    request.headers.set("Sec-WebSocket-Key", wrong);
    story.step("the key is " + testing::PrintToString(std::string(wrong)));
    EXPECT_STORY(story, http::websocket_response(request).status, 400,
                 "a key is the Base64 of 16 bytes", Seen{101, "any-key-will-do"});
  }
}

TEST(Step6_Origin, IsThatOfThisServer) {
  tests::Story story;
  Request request = opening();
  request.headers.set("Origin", "http://elsewhere");
  story.step("a script of http://elsewhere opens a WebSocket to here:8000");
  EXPECT_STORY(story, http::same_origin(request), false,
               "the browser sends the cookies of here:8000 along, whoever's page it is");
  EXPECT_STORY(story, http::websocket_response(request).status, 403,
               "whoever it is, it is no page of this server", Seen{101, "strangers-are-let-in"});
  EXPECT_STORY(story, http::websocket_response(request, nullptr).status, 101,
               "a server may let everybody in");
}

TEST(Step6_Origin, IsNoHindranceToItsOwnPages) {
  tests::Story story;
  story.step("a script of http://here:8000 opens a WebSocket to here:8000");
  EXPECT_STORY(story, http::websocket_response(opening()).status, 101,
               "the page is this server's own");
}

TEST(Step6_Origin, IsComparedAsAWhole) {
  for (const auto& [origin, same] :
       {std::pair("http://here:8000", true), std::pair("https://here:8000", true),
        std::pair("http://here", false), std::pair("http://here:8000.evil", false),
        std::pair("null", false)}) {
    tests::Story story;
    Request request = opening();
    request.headers.set("Origin", origin);
    story.step(std::string("the page is of ") + origin + ", the server is here:8000");
    EXPECT_STORY(story, http::same_origin(request), same,
                 "host and port must be the same, all of it",
                 LooksLike{true, "what-begins-alike-is-the-same"});
  }
  tests::Story story;
  Request request = opening();
  request.headers.set("Host", "HERE:8000");
  story.step("the page is of http://here:8000, the request names the server HERE:8000");
  EXPECT_STORY(story, http::same_origin(request), true,
               "names of hosts are the same in capitals and small letters",
               Seen{false, "capitals-are-strangers"});
  request = opening();
  request.headers.remove("Origin");
  story.step("a program asks, no browser: it sends no Origin");
  EXPECT_STORY(story, http::same_origin(request), true,
               "there is no page that could be a stranger's", Seen{false, "only-browsers-may-ask"});
}

// ── step 13.7: pump messages ──

/// A server's side, and the client at the other end.
class Talk {
 public:
  explicit Talk(const WebSocketOptions& options, tests::StreamPair pair = {})
      : socket(Channel(std::move(*pair.near)), WebSocketSide::server, options),
        far_(std::move(*pair.far)) {}

  /// The client's frames: what it wants to say is sent by say().
  Frames frames{WebSocketSide::client, 1U << 20};
  void say(std::string what) {
    story.step("the client sends " + what);
    far_.write(frames.take_output());
  }
  void say_in_bytes(std::string what) {
    story.step("the client sends " + what);
    bytes_ = frames.take_output();
  }
  /// One byte of it; returns false when all are sent.
  bool next_byte() {
    if (bytes_.empty()) return false;
    far_.write(bytes_.substr(0, 1));
    bytes_.erase(0, 1);
    return true;
  }
  void vanish() {
    story.step("the client vanishes");
    far_.close();
  }
  /// Takes what has come to the client, for a while. Returns the kinds of the first frames.
  Coro<std::string> hear() {
    aio::Task<> reading = aio::create_task(read());
    co_await iterations(20);
    reading.cancel();
    co_await iterations(5);
    const std::string all = std::exchange(heard_, {});
    frames.put(all);
    co_return kinds_of(all);
  }
  /// What a receive comes to.
  Coro<std::string> receive() {
    try {
      const std::optional<WebSocketMessage> message = co_await socket.receive();
      co_return message ? message->data : "closed " + std::to_string(socket.close_code());
    } catch (const http::WebSocketError& error) {
      co_return "WebSocketError " + std::to_string(error.code);
    } catch (const aio::InvalidStateError&) {
      co_return "InvalidStateError";
    }
  }
  Coro<std::string> send(std::string text) {
    try {
      co_await socket.send(std::move(text));
      co_return "sent";
    } catch (const http::WebSocketClosed&) {
      co_return "WebSocketClosed";
    } catch (const std::system_error&) {
      co_return "system_error";
    }
  }
  Coro<std::string> close() {
    try {
      co_await socket.close(1000, "bye");
      co_return "closed";
    } catch (const aio::InvalidStateError&) {
      co_return "InvalidStateError";
    }
  }

  tests::Story story{aio::running_loop()};
  WebSocket socket;
  bool was_hung_up = false;  // the client has read to the end of the connection

 private:
  Coro<> read() {
    std::string piece;
    do {
      piece = co_await far_.read();
      heard_ += piece;
    } while (!piece.empty());
    was_hung_up = true;
  }
  /// "text pong": of frames of a server, which are short.
  static std::string kinds_of(std::string_view bytes) {
    std::string kinds;
    while (bytes.size() >= 2) {
      const auto opcode = static_cast<unsigned char>(bytes[0]) & 0x0fU;
      const auto length = static_cast<unsigned char>(bytes[1]) & 0x7fU;
      kinds += kinds.empty() ? "" : " ";
      kinds += opcode == 8 ? "close" : opcode == 9 ? "ping" : opcode == 10 ? "pong" : "text";
      if (length > 125) break;
      bytes.remove_prefix(std::min<std::size_t>(2 + length, bytes.size()));
    }
    return kinds;
  }

  aio::Stream far_;
  std::string heard_{}, bytes_{};
};

void talk(const std::function<Coro<>(Talk&)>& body, const WebSocketOptions& options = {}) {
  const auto all = [&]() -> Coro<> {
    Talk talk(options);
    co_await body(talk);
  };
  tests::run_virtual(all());
}

Coro<std::string> soon(aio::Task<std::string> task) {
  co_await iterations(40);
  if (task.done()) co_return task.result();
  task.cancel();
  co_await iterations(5);
  co_return "(it still waits)";
}
Coro<std::string> soon(Coro<std::string> waits) {
  aio::Task<std::string> task = aio::create_task(std::move(waits));
  co_return co_await soon(std::move(task));
}

TEST(Step7_Receive, ReturnsWhatCame) {
  talk([](Talk& talk) -> Coro<> {
    talk.frames.send("one", true);
    talk.frames.send("two", true);
    talk.say("two messages in one go");
    const std::string one = co_await soon(talk.receive());
    const std::string two = co_await soon(talk.receive());
    EXPECT_STORY(talk.story, one + ", " + two, "one, two", "messages come in their order");
  });
}

TEST(Step7_Receive, WaitsForAllOfAMessage) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> receiving = aio::create_task(talk.receive());
    talk.frames.send("hello", true);
    talk.say_in_bytes("a message, byte by byte");
    while (talk.next_byte()) co_await iterations(5);
    const std::string message = co_await soon(std::move(receiving));
    EXPECT_STORY(talk.story, message, "hello", "what came by one read may be no message yet",
                 Seen{"closed 1006", "one-read-is-a-message"});
  });
}

TEST(Step7_Receive, AnswersAPingMeanwhile) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> receiving = aio::create_task(talk.receive());
    talk.frames.ping();
    talk.say("a Ping");
    const std::string heard = co_await talk.hear();
    EXPECT_STORY(talk.story, heard, "pong",
                 "the frames have an answer to the Ping: somebody has to send it",
                 Seen{"", "nobody-sends-the-answer"});
    EXPECT_STORY(talk.story, receiving.done(), false, "a Ping is no message");
    receiving.cancel();
    co_await iterations(5);
  });
}

TEST(Step7_Receive, IsForOneTaskAtATime) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> first = aio::create_task(talk.receive());
    co_await iterations(5);
    talk.story.step("a second task receives");
    const std::string second = co_await soon(talk.receive());
    EXPECT_STORY(talk.story, second, "InvalidStateError",
                 "two tasks that receive would each get parts of messages");
    first.cancel();
    co_await iterations(5);
  });
}

TEST(Step7_Receive, LosesNothingWhenItIsCancelled) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> receiving = aio::create_task(talk.receive());
    co_await iterations(5);
    talk.story.step("the task that receives is cancelled");
    receiving.cancel();
    co_await iterations(5);
    talk.frames.send("hello", true);
    talk.say("a message");
    const std::string message = co_await soon(talk.receive());
    EXPECT_STORY(talk.story, message, "hello", "the next one to receive gets it",
                 Seen{"InvalidStateError", "whoever-received-is-remembered"});
  });
}

TEST(Step7_Receive, LeavesTheReadingToWhoClosesWhenItIsCancelled) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> receiving = aio::create_task(talk.receive());
    co_await iterations(5);
    talk.story.step("the task that receives is cancelled");
    receiving.cancel();
    co_await iterations(5);
    aio::Task<std::string> closing = aio::create_task(talk.close());
    co_await talk.hear();
    talk.say("its Close");
    const std::string end = co_await soon(std::move(closing));
    EXPECT_STORY(talk.story, end, "closed", "nobody receives: close() reads the other side's Close",
                 Seen{"(it still waits)", "whoever-received-is-remembered"});
  });
}

TEST(Step7_End, IsToldByTheOtherSide) {
  talk([](Talk& talk) -> Coro<> {
    talk.frames.close(4000, "enough");
    talk.say("a Close with 4000");
    const std::string end = co_await soon(talk.receive());
    EXPECT_STORY(talk.story, end, "closed 4000", "no message will come any more",
                 Seen{"WebSocketError 1006", "a-goodbye-is-a-failure"});
    const std::string heard = co_await talk.hear();
    EXPECT_STORY(talk.story, heard, "close", "a Close is answered by a Close",
                 LooksLike{"", "nobody-sends-the-answer"});
    EXPECT_STORY(talk.story, talk.was_hung_up, true,
                 "both have said so: the server closes the connection, and the client waits for "
                 "that",
                 LooksLike{false, "never-hangs-up"});
    const std::string sent = co_await soon(talk.send("hello?"));
    EXPECT_STORY(talk.story, sent, "WebSocketClosed", "the other side does not listen any more",
                 LooksLike{"system_error", "speaks-after-the-goodbye"});
  });
}

TEST(Step7_End, WithoutAWordIsAnError) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> receiving = aio::create_task(talk.receive());
    co_await iterations(5);
    talk.vanish();
    const std::string end = co_await soon(std::move(receiving));
    EXPECT_STORY(talk.story, end, "WebSocketError 1006",
                 "the connection has ended, but nobody has said goodbye: messages may be lost",
                 LooksLike{"closed 1006", "vanishing-is-a-goodbye"});
  });
}

TEST(Step7_End, IsExplainedToWhoBrokeTheProtocol) {
  WebSocketOptions options;
  options.longest_message = 10;
  talk(
      [](Talk& talk) -> Coro<> {
        talk.frames.send("more than ten bytes", true);
        talk.say("a message that is too long");
        aio::Task<std::string> receiving = aio::create_task(talk.receive());
        const std::string heard = co_await talk.hear();
        EXPECT_STORY(talk.story, heard, "close", "the other side is told what was wrong",
                     LooksLike{"", "nobody-sends-the-answer"});
        EXPECT_STORY(talk.story, talk.frames.close_code(), 1009U, "1009: the message is too long",
                     LooksLike{1006U, "nobody-sends-the-answer"});
        talk.vanish();
        const std::string end = co_await soon(std::move(receiving));
        EXPECT_STORY(talk.story, end, "WebSocketError 1009", "so is the program",
                     Seen{"WebSocketError 1006", "what-went-wrong-is-not-told"});
      },
      options);
}

TEST(Step7_Send, WaitsForRoom) {
  talk([](Talk& talk) -> Coro<> {
    talk.story.step("8 MB are sent to a client that reads nothing");
    aio::Task<std::string> sending = aio::create_task(talk.send(std::string(8'000'000, 'x')));
    co_await iterations(20);
    EXPECT_STORY(talk.story, sending.done(), false,
                 "a client that is slow slows the sender, or the memory fills",
                 Seen{true, "sends-without-waiting"});
    sending.cancel();
    talk.socket.abort();
    co_await iterations(5);
  });
}

TEST(Step7_Close, WaitsForTheOthersClose) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> closing = aio::create_task(talk.close());
    const std::string heard = co_await talk.hear();
    EXPECT_STORY(talk.story, heard, "close", "the other side is told");
    EXPECT_STORY(talk.story, closing.done(), false, "the other side has not said so yet",
                 Seen{true, "hangs-up"});
    talk.frames.send("wait", true);
    talk.say("a last message, and its own Close");
    const std::string end = co_await soon(std::move(closing));
    EXPECT_STORY(talk.story, end, "closed", "now both have");
    EXPECT_STORY(talk.story, talk.socket.close_code(), 1000U, "the other side's Close has come",
                 LooksLike{1006U, "hangs-up"});
  });
}

TEST(Step7_Close, IsForCodesThatMayBeSent) {
  talk([](Talk& talk) -> Coro<> {
    talk.story.step("this side closes with 1006, which stands for: no Close has come");
    bool refused = false;
    try {
      co_await talk.socket.close(1006);
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    EXPECT_STORY(talk.story, refused, true, "nobody may send this code",
                 Seen{false, "any-code-will-do"});
    talk.socket.abort();
  });
}

TEST(Step7_Close, DoesNotWaitForEver) {
  talk([](Talk& talk) -> Coro<> {
    const auto start = aio::running_loop().time();
    talk.story.step("this side closes; the client says nothing");
    co_await talk.close();
    const std::chrono::nanoseconds waited = aio::running_loop().time() - start;
    EXPECT_STORY(talk.story, waited, std::chrono::nanoseconds(10s),
                 "WebSocketOptions::close_limit is 10 s",
                 Seen{std::chrono::nanoseconds(40s), "waits-for-whoever-is-gone"},
                 Seen{std::chrono::nanoseconds(0), "hangs-up"});
  });
}

TEST(Step7_Close, LeavesTheReadingToWhoReceives) {
  talk([](Talk& talk) -> Coro<> {
    aio::Task<std::string> receiving = aio::create_task(talk.receive());
    co_await iterations(5);
    aio::Task<std::string> closing = aio::create_task(talk.close());
    co_await talk.hear();
    talk.say("its Close");
    const std::string end = co_await soon(std::move(closing));
    EXPECT_STORY(talk.story, end, "closed",
                 "another task receives: it hears the other side's Close",
                 Seen{"InvalidStateError", "reads-beside-the-reader"});
    const std::string received = co_await soon(std::move(receiving));
    EXPECT_STORY(talk.story, received, "closed 1000", "and it is told that this is the end");
  });
}

TEST(Step7_Close, LosesWhatNobodyReceives) {
  talk([](Talk& talk) -> Coro<> {
    talk.frames.send("late", true);
    talk.frames.close(1000, "");
    talk.say("a message and a Close");
    const std::string end = co_await soon(talk.close());
    EXPECT_STORY(talk.story, end, "closed", "both have closed");
    const std::string received = co_await soon(talk.receive());
    EXPECT_STORY(talk.story, received, "closed 1000",
                 "who closes does not want what came after that",
                 Seen{"late", "keeps-what-nobody-wants"});
  });
}

}  // namespace
