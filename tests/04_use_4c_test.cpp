// use-4c: a connection that shouts back, and hangs up on silence.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>

#include "shouter.hpp"
#include "support/at.hpp"
#include "support/faults.hpp"
#include "support/story.hpp"
#include "support/virtual_loop.hpp"
#include "support/weather.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using tests::at, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::event_loop);

/// A Shouter with 30 s of patience, and somebody who talks to it.
struct Call : tests::VirtualLoop {
  aio::UniqueFd there{};
  int here = -1;  // the shouter's descriptor
  std::optional<Shouter> shouter{};
  std::string heard{};

  Call() {
    int ends[2];
    aio::check_syscall("socketpair", ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
    there = aio::UniqueFd(ends[0]);
    here = ends[1];
    story.step("a connection; patience 30 s");
    shouter.emplace(loop, aio::UniqueFd(here), 30s);
  }

  void say(const std::string& bytes) {
    story.step("says " + quoted(bytes));
    if (::send(there.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == -1) {
      story.step("nobody listens any more");
    }
  }
  /// What has been answered so far, each line end shown as /.
  const std::string& listen() {
    char bytes[1024];
    std::string answer;
    for (ssize_t count; (count = ::recv(there.get(), bytes, sizeof bytes, 0)) > 0;) {
      answer.append(bytes, static_cast<std::size_t>(count));
    }
    if (!answer.empty()) story.step("hears " + quoted(answer));
    return heard += slashes(answer);
  }
  /// One iteration that does not sleep.
  const std::string& iterate() {
    loop.call_soon([] {});
    loop.run_once();
    return listen();
  }
  /// Runs until `time`, or until nothing can happen any more.
  void run_until(aio::Clock::time_point time) {
    loop.call_at(time, [this] { loop.stop(); });
    loop.run_forever();
    listen();
  }

  /// Whether a timer or a reader is left, once the connection has ended.
  std::string left_behind() {
    story.step("the connection has ended; does anything still wait?");
    try {
      loop.run_once();
      return "something";
    } catch (const aio::DeadlockError&) {
      return "nothing";
    }
  }

  static std::string slashes(std::string text) {
    for (char& c : text) c = c == '\n' ? '/' : c;
    return text;
  }
  static std::string quoted(const std::string& text) { return '"' + slashes(text) + '"'; }
};

TEST(Use4c_Shouter, AnswersALineInCapitals) {
  Call call;
  call.say("hello\n");
  const std::string answer = call.iterate();
  EXPECT_STORY(call.story, answer, "HELLO/",
               answer.empty() ? "nobody reads the line, or nobody answers it"
                              : "the answer is another line than the one that came, in capitals",
               Seen{std::string("HELLO//"), "shouts-the-line-end"});
}

TEST(Use4c_Shouter, NothingToReadYetIsNoEnd) {
  Call call;
  tests::Weather weather;
  weather.receive_cuts = {0};
  call.say("hello\n");
  call.story.step("the reader is called, and recv() says EAGAIN: not now");
  call.iterate();
  EXPECT_STORY(call.story, call.shouter->is_open(), true,
               "EAGAIN is taken for the end: it means that there is nothing to read now",
               Seen{false, "nothing-yet-is-the-end"});
  EXPECT_STORY(call.story, call.iterate(), "HELLO/", "nobody reads what comes after an EAGAIN");
}

TEST(Use4c_Shouter, AnswersEveryLineOfARead) {
  Call call;
  call.say("one\ntwo\nthree\n");
  EXPECT_STORY(call.story, call.iterate(), "ONE/TWO/THREE/",
               "one read may bring several lines; no event will come for those that you keep",
               Seen{std::string("ONE/"), "one-line-per-read"});
}

TEST(Use4c_Shouter, PutsALineTogether) {
  Call call;
  call.say("hel");
  EXPECT_STORY(call.story, call.iterate(), "", "half a line is no line",
               Seen{std::string("HEL/"), "a-read-is-a-line"});
  call.say("lo\nwor");
  EXPECT_STORY(call.story, call.iterate(), "HELLO/", "a line may come in pieces");
  call.say("ld\n");
  EXPECT_STORY(call.story, call.iterate(), "HELLO/WORLD/", "a line may come in pieces");
}

TEST(Use4c_Shouter, HangsUpOnSilence) {
  Call call;
  call.run_until(at(29s));
  EXPECT_STORY(call.story, call.shouter->is_open(), true,
               "it hangs up before the 30 s of its patience are over");
  call.story.step("nobody says a word");
  call.run_until(at(31s));
  EXPECT_STORY(call.story, call.heard, "BYE/",
               "nobody says goodbye after 30 s of silence: the count does not start with the "
               "connection, or it ends without a word");
  EXPECT_STORY(call.story, call.shouter->is_open(), false,
               "it says goodbye, and must also hang up");
}

TEST(Use4c_Shouter, EveryWordBuysTime) {
  Call call;
  call.loop.call_at(at(20s), [&] { call.say("still here\n"); });
  call.loop.call_at(at(40s), [&] { call.say("and"); });
  call.run_until(at(45s));
  EXPECT_STORY(
      call.story, call.heard, "STILL HERE/",
      "the silence is counted from the beginning: bytes do not start the count again, or the "
      "timer of before was not cancelled, and fires",
      tests::LooksLike{std::string("STILL HERE/BYE/"), "the-first-timer-decides"});
  call.run_until(at(69s));
  EXPECT_STORY(call.story, call.heard, "STILL HERE/", "an older timer was not cancelled");
  call.run_until(at(71s));
  EXPECT_STORY(call.story, call.heard, "STILL HERE/BYE/", "30 s after the last bytes it is over");
}

TEST(Use4c_Shouter, TheEndOfTheStreamIsAnEvent) {
  Call call;
  call.story.step("the other end is closed");
  call.there.reset();
  call.iterate();
  EXPECT_STORY(call.story, call.shouter->is_open(), false,
               "a read of 0 bytes is the end; who stays is called again and again",
               Seen{true, "the-end-is-ignored"});
}

TEST(Use4c_Shouter, LeavesNothingBehind) {
  Call call;
  call.story.step("the other end is closed");
  call.there.reset();
  call.iterate();
  EXPECT_STORY(call.story, call.loop.remove_reader(call.here), false,
               "a reader is left, for a number that will soon belong to another connection",
               tests::LooksLike{true, "the-reader-is-left"});
  EXPECT_STORY(call.story, call.left_behind(), "nothing", "a timer was left behind",
               tests::LooksLike{std::string("something"), "the-timer-is-left"});
}

TEST(Use4c_Shouter, MayBeDestroyedAtAnyTime) {
  Call call;
  call.say("hello\n");
  const std::size_t before = tests::open_descriptors();
  call.story.step("the shouter is destroyed");
  call.shouter.reset();
  EXPECT_STORY(call.story, tests::open_descriptors(), before - 1,
               "the connection's descriptor is not closed, or others are");
  EXPECT_STORY(call.story, call.loop.remove_reader(call.here), false,
               "a reader is left, and calls an object that is gone",
               tests::LooksLike{true, "the-reader-is-left"});
  EXPECT_STORY(call.story, call.left_behind(), "nothing", "a timer was left behind",
               Seen{std::string("something"), "the-timer-is-left"});
}

// ── many at once, over TCP ──────────────────────────────────────────────────────────────────────

/// A listening socket on 127.0.0.1, whose connections get a Shouter each.
class Server {
 public:
  explicit Server(aio::EventLoop& loop) : loop_(loop) {
    sockaddr_in address = any_port();
    aio::check_syscall("bind", ::bind(listener_.get(), pointer_to(address), sizeof address));
    aio::check_syscall("listen", ::listen(listener_.get(), 64));
    loop_.add_reader(listener_.get(), [this] {
      aio::UniqueFd made(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK));
      if (made) shouters_.push_back(std::make_unique<Shouter>(loop_, std::move(made), 30s));
    });
  }
  ~Server() { loop_.remove_reader(listener_.get()); }

  aio::UniqueFd connect() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_.get(), pointer_to(address), &size);
    aio::UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
    aio::check_syscall("connect", ::connect(fd.get(), pointer_to(address), size));
    return fd;
  }
  std::size_t accepted() const { return shouters_.size(); }

 private:
  static sockaddr_in any_port() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static sockaddr* pointer_to(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);
  }

  aio::EventLoop& loop_;
  aio::UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
  std::vector<std::unique_ptr<Shouter>> shouters_;
};

TEST(Use4c_Shouter, ManyTalkAtOnce) {
  aio::EventLoop loop;  // in real time: the answers come through the network's buffers
  const Server server(loop);
  tests::Story story;
  story.step("20 clients connect and say \"hi/\", over TCP");
  std::vector<aio::UniqueFd> clients;
  int answered = 0;
  for (int i = 0; i < 20; ++i) {
    const int fd = clients.emplace_back(server.connect()).get();
    ASSERT_EQ(::send(fd, "hi\n", 3, 0), 3);
    loop.add_reader(fd, [&, fd] {
      char bytes[8];
      const ssize_t count = ::recv(fd, bytes, sizeof bytes, 0);
      const std::string answer(bytes, count > 0 ? static_cast<std::size_t>(count) : 0);
      EXPECT_STORY(story, Call::slashes(answer), "HI/",
                   "each client has a Shouter of its own, which answers it and nobody else");
      loop.remove_reader(fd);
      if (++answered == 20) loop.stop();
    });
  }
  loop.run_forever();
  EXPECT_STORY(story, server.accepted(), 20U, "each client is accepted once");
}

}  // namespace
