// fix-12b: a relay between a fast stream and a slow one.

#include <algorithm>
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
    const auto feeding = aio::create_task(feed(relay.source, sent));
    auto relaying = aio::create_task(forward(relay.from, relay.to));
    std::string got;
    while (true) {
      const std::string some = co_await relay.sink.read(10'000);
      if (some.empty()) break;
      got += some;
      co_await iterations(1);
    }
    EXPECT_EQ(got.size(), sent.size());
    EXPECT_TRUE(got == sent) << "bytes are lost, doubled or out of order";
    EXPECT_EQ(co_await relaying, sent.size());
    EXPECT_FALSE(relay.to.is_closing()) << "only one direction has ended";
  }());
}

TEST(Fix12b_SlowReader, NobodyIsLeftToReadIt) {
  tests::run_virtual([]() -> Coro<> {
    Relay relay;
    const auto feeding = aio::create_task(feed(relay.source, pattern(8'000'000)));
    auto relaying = aio::create_task(forward(relay.from, relay.to));
    co_await iterations(20);
    relay.sink.close();
    bool failed = false;
    try {
      co_await relaying;
    } catch (const std::system_error&) {
      failed = true;
    }
    EXPECT_TRUE(failed) << "it reads on, and throws everything away";
    EXPECT_FALSE(feeding.done());
    feeding.cancel();
  }());
}

}  // namespace
