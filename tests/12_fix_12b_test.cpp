// fix-12b: a relay between a fast stream and a slow one.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "pair.hpp"
#include "relay.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/iterations.hpp"
#include "support/pattern.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Stream;
using tests::iterations, tests::pattern;

const auto compiled = tests::compiled_from(aio::layers::stream);

/// source ── from │ the relay │ to ── sink
struct Relay {
  Relay() : Relay(wire::pair(), wire::pair()) {}
  Relay(std::pair<Stream, Stream> in, std::pair<Stream, Stream> out)
      : source(std::move(in.first)),
        from(std::move(in.second)),
        to(std::move(out.first)),
        sink(std::move(out.second)) {}
  Stream source, from, to, sink;
  tests::Story story{};
};

/// A source that waits for its reader, as a good one does.
Coro<> feed(Stream& source, std::string bytes) {
  constexpr std::size_t piece = 50'000;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    source.write(std::string_view(bytes).substr(at, piece));
    co_await source.drain();
  }
  source.write_eof();
}

TEST(Fix12b_SlowReader, LittleWaitsInMemory) {
  tests::run_virtual([]() -> Coro<> {
    tests::Story story;
    Relay relay;
    const auto feeding = aio::create_task(feed(relay.source, pattern(8'000'000)));
    const auto relaying = aio::create_task(forward(relay.from, relay.to));
    story.step("8,000,000 bytes come in, and the other side reads nothing");
    std::size_t most = 0;
    for (int i = 0; i < 20; ++i) {
      co_await iterations(20);
      most = std::max(most, relay.to.unsent());
    }
    story.step(std::to_string(most) + " bytes wait in memory");
    EXPECT_STORY(story, most < 500'000, true, "forward() reads on although nobody takes it away");
    EXPECT_STORY(story, feeding.done(), false, "the source is told that all is well");
    co_await relay.sink.read_all();
    co_await relaying;
  }());
}

TEST(Fix12b_SlowReader, EverythingArrivesAndThenTheEnd) {
  tests::run_virtual([]() -> Coro<> {
    Relay relay;
    const std::string sent = pattern(1'000'000);
    relay.story.step("1,000,000 bytes come in, and are read in small pieces");
    const auto feeding = aio::create_task(feed(relay.source, sent));
    auto relaying = aio::create_task(forward(relay.from, relay.to));
    std::string got;
    while (true) {
      const std::string some = co_await relay.sink.read(10'000);
      if (some.empty()) break;
      got += some;
      co_await iterations(1);
    }
    EXPECT_STORY(relay.story, got.size(), sent.size(), "bytes are lost, or sent twice");
    EXPECT_STORY(relay.story, got == sent, true, "bytes are out of order");
    EXPECT_EQ(co_await relaying, sent.size())
        << "Likely cause: forward() returns how many bytes it has copied";
    EXPECT_STORY(relay.story, relay.to.is_closing(), false,
                 "only one direction has ended: half-close, do not close()");
  }());
}

TEST(Fix12b_SlowReader, NobodyIsLeftToReadIt) {
  tests::run_virtual([]() -> Coro<> {
    Relay relay;
    const auto feeding = aio::create_task(feed(relay.source, pattern(8'000'000)));
    auto relaying = aio::create_task(forward(relay.from, relay.to));
    co_await iterations(20);
    relay.story.step("whoever read them has gone");
    relay.sink.close();
    bool failed = false;
    try {
      co_await relaying;
    } catch (const std::system_error&) {
      failed = true;
    }
    EXPECT_STORY(relay.story, failed, true, "it reads on, and throws everything away");
    EXPECT_STORY(relay.story, feeding.done(), false, "the source is told that all is well");
    feeding.cancel();
  }());
}

TEST(Fix12b_SlowReader, AReadThatFailsIsThrownOn) {
  tests::run_virtual([]() -> Coro<> {
    Relay relay;
    relay.from.write("nobody reads this");
    co_await iterations();
    relay.story.step("the connection to read from is reset");
    relay.source.close();  // with unread bytes in it: the other side's read fails
    bool failed = false;
    try {
      co_await forward(relay.from, relay.to);
    } catch (const std::system_error&) {
      failed = true;
    }
    EXPECT_STORY(relay.story, failed, true,
                 "a connection that has failed is taken for one that has ended");
  }());
}

/// Three pieces come, a second apart, and then the end.
struct Cancelled : tests::CancelScene {
  Relay* between = nullptr;

  Coro<> play() override { co_await forward(between->from, between->to); }
  Coro<> world(Coro<> playing) override {
    Relay relay;
    between = &relay;
    const auto feeding = aio::create_task(feed_slowly(relay));
    co_await std::move(playing);
    co_await feeding;
    relay.to.close();
    const std::string rest = co_await relay.sink.read_all();
    const bool is_a_beginning = std::string("abc").starts_with(rest);
    EXPECT_STORY(story, is_a_beginning, true, "what arrives is not what was sent");
  }
  static Coro<> feed_slowly(Relay& relay) {
    for (const char* piece : {"a", "b", "c"}) {
      relay.source.write(piece);
      co_await aio::sleep(std::chrono::seconds(1));
    }
    relay.source.close();
  }
  Tasks tasks() const override { return Tasks::others; }
};

TEST(Fix12b_SlowReader, StopsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("forward() goes on");
}

}  // namespace
