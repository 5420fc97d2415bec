// fix-4b: a writer that stays registered although there is nothing to write.

#include <chrono>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>

#include "outbox.hpp"
#include "support/story.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::event_loop);

/// An outbox, and whoever reads what it sends.
struct Post : tests::VirtualLoop {
  aio::UniqueFd here{}, there{};
  std::string received{};

  Post() {
    int ends[2];
    aio::check_syscall("socketpair", ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
    here = aio::UniqueFd(ends[0]);
    there = aio::UniqueFd(ends[1]);
  }

  void send(Outbox& outbox, std::string_view bytes) {
    story.step("send(" + std::to_string(bytes.size()) + " bytes)");
    outbox.send(bytes);
  }

  void read_all() {
    char bytes[4096];
    for (ssize_t count; (count = ::recv(there.get(), bytes, sizeof bytes, 0)) > 0;) {
      received.append(bytes, static_cast<std::size_t>(count));
    }
  }

  /// How many iterations pass until a timer fires that is due in a second. At most 50.
  int iterations_in_a_second() {
    bool fired = false;
    story.step("call_later(1 s, T)");
    loop.call_later(1s, [&] { fired = true; });
    int iterations = 0;
    while (!fired && iterations < 50) {
      ++iterations;
      loop.run_once();
    }
    story.step("after " + std::to_string(iterations) + " iterations T " +
               (fired ? "has fired" : "is still not due"));
    return iterations;
  }
  /// One iteration for the timer, and a few in which something is sent.
  const char* in_a_second() { return iterations_in_a_second() <= 4 ? "quiet" : "busy"; }
};

TEST(Fix4b_Outbox, AnEmptyOutboxIsQuiet) {
  Post post;
  const Outbox outbox(post.loop, post.here.get());
  post.story.step("an outbox, and nothing to send");
  EXPECT_STORY(post.story, post.in_a_second(), std::string_view("quiet"),
               "a socket is nearly always ready to be written: a writer that has nothing to write "
               "is called in every iteration, and the loop never sleeps",
               Seen{std::string_view("busy"), "writer-stays"});
}

TEST(Fix4b_Outbox, ItIsQuietAgainAfterTheLastByte) {
  Post post;
  Outbox outbox(post.loop, post.here.get());
  post.send(outbox, "hello");
  EXPECT_STORY(post.story, post.in_a_second(), std::string_view("quiet"),
               "the writer must go when the last byte has been sent",
               Seen{std::string_view("busy"), "writer-stays"});
  post.read_all();
  EXPECT_STORY(post.story, post.received, "hello", "the bytes were not sent",
               Seen{std::string(), "nobody-sends"});
}

TEST(Fix4b_Outbox, WhatDoesNotFitIsSentLater) {
  Post post;
  Outbox outbox(post.loop, post.here.get());
  const std::string big(1'000'000, 'x');
  post.send(outbox, big);
  for (int i = 0; i < 1'000 && outbox.waiting() > 0; ++i) {
    post.loop.call_soon([&] { post.read_all(); });  // so that no iteration sleeps
    post.loop.run_once();
  }
  post.read_all();
  EXPECT_STORY(post.story, post.received.size(), big.size(),
               "a send may take a part; the writer must stay while something is left");
  EXPECT_STORY(post.story, outbox.waiting(), 0U, "the last byte was not sent");
}

TEST(Fix4b_Outbox, AfterAPauseItSendsAgain) {
  Post post;
  Outbox outbox(post.loop, post.here.get());
  post.send(outbox, "one, ");
  post.iterations_in_a_second();
  post.send(outbox, "two");
  post.iterations_in_a_second();
  post.read_all();
  EXPECT_STORY(post.story, post.received, "one, two",
               "the writer was removed, and nobody registered it again",
               Seen{std::string("one, "), "writer-never-comes-back"});
}

TEST(Fix4b_Outbox, KeepsTheOrder) {
  Post post;
  Outbox outbox(post.loop, post.here.get());
  post.send(outbox, "a");
  post.send(outbox, "bc");
  EXPECT_STORY(post.story, outbox.waiting(), 3U,
               "send() only takes the bytes; they leave when the loop calls send_some()");
  post.iterations_in_a_second();
  post.read_all();
  EXPECT_STORY(post.story, post.received, "abc", "bytes leave in the order in which they came");
}

TEST(Fix4b_Outbox, IsQuietWhenTheOtherEndIsGone) {
  Post post;
  Outbox outbox(post.loop, post.here.get());
  post.send(outbox, "hello");
  post.story.step("the other end is closed");
  post.there.reset();
  EXPECT_STORY(post.story, post.in_a_second(), std::string_view("quiet"),
               "a broken socket is reported as ready for ever",
               Seen{std::string_view("busy"), "writer-stays"});
}

}  // namespace
