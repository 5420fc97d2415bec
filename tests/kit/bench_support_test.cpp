// The benchmarks' own machinery: what it measures is what happened.

#include <chrono>
#include <csignal>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/compare.hpp"
#include "support/loopback_server.hpp"
#include "support/measure.hpp"
#include "support/sparse_load.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(Measure, SeesMemoryAtItsPeak) {
  const auto took = bench::measure([] {
    const auto block = std::make_unique<std::vector<char>>(50'000'000, 'x');
    volatile char last = block->back();
    (void)last;
  });
  EXPECT_GE(took.rss_kb, 45'000);
  EXPECT_LT(took.rss_kb, 80'000);
}

TEST(Measure, CountsTheThreadsThatLiveAtOnce) {
  const auto took = bench::measure([] {
    std::thread([] {}).join();
    std::thread outer([] { std::thread([] {}).join(); });
    outer.join();
  });
  EXPECT_EQ(took.threads, 3);
}

TEST(Measure, TellsOfAHeartbeatBesideTheWork) {
  EXPECT_EQ(bench::measure([] { bench::heartbeat_was(0.25); }).beat_seconds, 0.25);
  EXPECT_EQ(bench::measure([] {}).beat_seconds, 0);
}

TEST(Measure, SeesTheTimeOfTheProcessor) {
  const auto took = bench::measure([] {
    const auto end = Clock::now() + 30ms;
    while (Clock::now() < end) {
    }
  });
  EXPECT_GE(took.wall_seconds, 0.030);
  EXPECT_GT(took.cpu_seconds, 0);
  EXPECT_LE(took.cpu_seconds, took.wall_seconds * 1.5);
}

void use_the_processor(std::chrono::milliseconds time) {
  const std::clock_t start = std::clock();
  while (std::clock() - start < time.count() * CLOCKS_PER_SEC / 1000) {
  }
}

TEST(Measure, LeavesOutWhatIsBeforeTheBeginningAndAfterTheEnd) {
  const auto took = bench::measure([] {
    use_the_processor(50ms);
    bench::begin_measuring();
    bench::end_measuring();
    use_the_processor(50ms);
  });
  EXPECT_EQ(took.error, "");
  EXPECT_LT(took.cpu_seconds, 0.05);
}

TEST(SparseLoad, AsksEachConnectionInTurn) {
  bench::SparseLoad load({.connections = 3, .requests = 5, .pause = 0ms});
  ASSERT_EQ(load.connections().size(), 3U);
  std::vector<std::size_t> asked;
  while (!load.over()) {
    for (std::size_t i = 0; i < 3; ++i) {
      const int fd = load.connections()[i].get();
      char first = 0;
      if (recv(fd, &first, 1, MSG_PEEK) != 1) continue;
      asked.push_back(i);
      load.echo(fd);
    }
  }
  EXPECT_EQ(asked, (std::vector<std::size_t>{0, 1, 2, 0, 1, 2, 0, 1}));
  load.finish();
}

TEST(SparseLoad, TellsThatAClientHasLeftTooEarly) {
  bench::SparseLoad load({.connections = 1});
  EXPECT_THROW(load.answered(0), std::runtime_error);
}

TEST(Measure, TellsWhyThereIsNothingToTell) {
  EXPECT_EQ(bench::measure([] { throw std::runtime_error("no luck"); }).error, "no luck");
  EXPECT_EQ(bench::measure([] { std::raise(SIGKILL); }).error, "ended by Killed");
}

TEST(LoopbackServer, AnswersAfterItsDelay) {
  const bench::LoopbackServer server({.delay = 20ms});
  const int fd = bench::connect_to(server.port());
  const auto start = Clock::now();
  ASSERT_EQ(write(fd, "hello", 5), 5);
  char answer[8];
  ASSERT_EQ(read(fd, answer, sizeof answer), 5);
  EXPECT_EQ(std::string(answer, 5), "hello");
  EXPECT_GE(Clock::now() - start, 20ms);
  close(fd);
}

TEST(LoopbackServer, SendsBackMoreThanABufferHolds) {
  const bench::LoopbackServer server;
  const int fd = bench::connect_to(server.port());
  const std::string sent(5'000'000, 'x');
  std::thread writer([&] {
    for (std::size_t at = 0; at < sent.size();) {
      at += static_cast<std::size_t>(write(fd, sent.data() + at, sent.size() - at));
    }
    shutdown(fd, SHUT_WR);
  });
  std::size_t received = 0;
  std::vector<char> buffer(65536);
  while (received < sent.size()) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    ASSERT_GT(count, 0);
    received += static_cast<std::size_t>(count);
  }
  writer.join();
  EXPECT_EQ(received, sent.size());
  close(fd);
}

TEST(LoopbackServer, EndsWithItsObject) {
  std::uint16_t port = 0;
  {
    const bench::LoopbackServer server;
    port = server.port();
  }
  EXPECT_THROW(bench::connect_to(port), std::system_error);
}

}  // namespace
