// Lesson 16: a record of what a loop did.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/debug.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "support/virtual_loop.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task, aio::Trace, aio::TraceEvent, aio::create_task;
using Kind = TraceEvent::Kind;

/// Short, for comparing: "ran worker 2 s" and so on, with names for the numbers of tasks.
std::string to_text(const TraceEvent& event, const std::vector<std::string>& names) {
  std::ostringstream text;
  const auto seconds = [](aio::Clock::rep time) { return std::to_string(time / 1'000'000'000); };
  text << seconds(event.at) << ": " << aio::detail::name_of(event.kind);
  if (event.task != 0) text << ' ' << names[event.task];
  if (event.by != 0) text << " by " << names[event.by];
  if (event.took != 0) text << ", " << seconds(event.took) << " s";
  if (event.kind == Kind::waits) text << " for " << event.text();
  if (event.kind == Kind::queued && event.task == 0) text << " a callback";
  if (event.kind == Kind::queued && event.by == 0) text << " by " << event.text();
  if (event.kind == Kind::begins) text << " iteration " << event.count << " of " << event.ready;
  if (event.kind == Kind::ended && !event.text().empty()) text << ": " << event.text();
  if (event.kind == Kind::ran && event.task == 0) text << ' ' << event.text();
  return text.str();
}

/// All that happened, a line each, polls aside that did not sleep.
std::string to_text(const Trace& trace) {
  std::vector<std::string> names;
  for (const TraceEvent& event : trace.events()) {
    if (event.kind != Kind::made) continue;
    names.resize(std::max<std::size_t>(names.size(), event.task + 1));
    names[event.task] = event.text();
  }
  std::string text;
  for (const TraceEvent& event : trace.events()) {
    if (event.kind == Kind::polled && event.took == 0) continue;
    text += to_text(event, names) + "\n";
  }
  return text;
}

Coro<> works(aio::VirtualClock& clock) {
  co_await aio::sleep(10s);
  clock.advance(2s);
}

/// Two tasks: main waits for worker, which sleeps and then works.
void run_two(tests::VirtualLoop& on) {
  auto main = [](aio::VirtualClock& clock) -> Coro<> {
    co_await create_task(works(clock), "worker");
  };
  on.loop.run_until_complete(on.loop.create_task(main(on.clock), "main"));
}

TEST(Trace, TellsWhoRanWhoWaitedAndWhoWokeWhom) {
  tests::VirtualLoop virtual_loop;
  const Trace trace(virtual_loop.loop);
  run_two(virtual_loop);
  EXPECT_EQ(to_text(trace),
            "0: begins iteration 1 of 1\n"
            "0: made main\n"
            "0: made worker by main\n"
            "0: queued worker by main\n"
            "0: ran main\n"
            "0: waits main by worker for task worker\n"
            "0: begins iteration 2 of 1\n"
            "0: set by worker, 10 s\n"
            "0: ran worker\n"
            "0: waits worker for a sleep\n"
            "0: polled, 10 s\n"
            "10: queued a callback by its time\n"
            "10: begins iteration 3 of 1\n"
            "10: queued worker by callback\n"
            "10: ran callback\n"
            "10: begins iteration 4 of 1\n"
            "10: queued main by worker\n"
            "10: ran worker, 2 s\n"
            "12: ended worker\n"
            "12: begins iteration 5 of 1\n"
            "12: queued by main a callback\n"
            "12: ran main\n"
            "12: ended main\n"
            "12: begins iteration 6 of 1\n"
            "12: ran callback\n");
}

TEST(Trace, TellsWhereATaskWasMade) {
  tests::VirtualLoop virtual_loop;
  const Trace trace(virtual_loop.loop);
  run_two(virtual_loop);
  for (const TraceEvent& event : trace.events()) {
    if (event.kind != Kind::made || event.text() != "worker") continue;
    EXPECT_TRUE(std::string(event.place.file_name()).ends_with("16_debugging_trace_test.cpp"));
    return;
  }
  FAIL() << "worker is not in the trace";
}

TEST(Trace, KeepsTheNewestAndCountsTheLost) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  const Trace trace(loop, 4);
  for (int i = 1; i <= 6; ++i) {
    loop.call_soon([&on = clock] { on.advance(1s); });
    loop.run_once();
  }
  ASSERT_EQ(trace.events().size(), 4);
  EXPECT_EQ(trace.recorded(), 12) << "an iteration, and what ran in it";
  EXPECT_EQ(trace.lost(), 8);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(trace.events()[static_cast<std::size_t>(i)].at,
              std::chrono::nanoseconds(4s + i / 2 * 1s).count());
  }
  EXPECT_THROW(Trace(loop, 0), std::invalid_argument);
}

TEST(Trace, CountsEventsAndTheReadyQueueAtEachPoll) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const aio::UniqueFd from(ends[0]), to(ends[1]);
  ASSERT_EQ(::write(to.get(), "x", 1), 1);
  loop.add_reader(from.get(), [] {});
  for (int i = 0; i < 3; ++i) loop.call_soon([] {});
  const Trace trace(loop);
  loop.run_once();
  EXPECT_EQ(trace.events().at(0).kind, Kind::seen);
  EXPECT_EQ(trace.events().at(0).fd, ends[0]);
  const TraceEvent polled = trace.events().at(2);
  EXPECT_EQ(polled.kind, Kind::polled);
  EXPECT_EQ(polled.count, 1);
  EXPECT_EQ(polled.ready, 4) << "three callbacks, and the reader";
  loop.remove_reader(from.get());
}

/// What a loop did with timers and descriptors: a line each, with numbers from 1 on for what has
/// none of its own.
std::string what_was_watched(const Trace& trace, int fd) {
  std::vector<std::uint32_t> nodes = {0};
  std::string text;
  for (const TraceEvent& event : trace.events()) {
    const bool timer = event.kind == Kind::set || event.kind == Kind::unset;
    if (!timer && event.fd == -1) continue;
    EXPECT_TRUE(timer || event.fd == fd);
    auto found = std::ranges::find(nodes, event.node);
    if (found == nodes.end()) found = nodes.insert(nodes.end(), event.node);
    text += aio::detail::name_of(event.kind) + (" " + std::to_string(found - nodes.begin()));
    text += event.kind == Kind::set ? ", " + std::to_string(event.took / 1'000'000'000) + " s" : "";
    text += event.fd != -1 ? ", side " + std::to_string(event.count) + "\n" : "\n";
  }
  return text;
}

TEST(Trace, TellsOfTimersAndDescriptors) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const aio::UniqueFd from(ends[0]), to(ends[1]);
  const Trace trace(loop);
  loop.add_reader(from.get(), [] {});
  const aio::TimerHandle first = loop.call_later(3s, [] {});
  const aio::TimerHandle second = loop.call_later(5s, [] {});
  first.cancel();
  ASSERT_EQ(::write(to.get(), "x", 1), 1);
  loop.run_once();
  loop.remove_reader(from.get());
  EXPECT_EQ(what_was_watched(trace, from.get()),
            "watches 1, side 1\n"
            "set 2, 3 s\n"
            "set 3, 5 s\n"
            "unset 2\n"
            "seen 0, side 1\n"
            "forgets 0, side 1\n");
}

Coro<> reads_from(aio::Stream& stream) { co_await stream.read(); }

Coro<> reads_later(aio::UniqueFd mine, int other) {
  aio::Stream stream = aio::Stream::adopt(std::move(mine));
  const Task<> reader = create_task(reads_from(stream), "reader");
  co_await aio::sleep(1s);
  EXPECT_EQ(::write(other, "x", 1), 1);
  co_await reader;
}

TEST(Trace, TellsWhichDescriptorATaskWaitsFor) {
  tests::VirtualLoop virtual_loop;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  const aio::UniqueFd other(ends[1]);
  const Trace trace(virtual_loop.loop);
  virtual_loop.loop.run_until_complete(
      virtual_loop.loop.create_task(reads_later(aio::UniqueFd(ends[0]), other.get()), "main"));
  std::string waits;
  for (const TraceEvent& event : trace.events()) {
    if (event.kind == Kind::waits && event.fd != -1) waits += std::to_string(event.fd) + " ";
  }
  EXPECT_EQ(waits, std::to_string(ends[0]) + " ");
}

TEST(Trace, IsJsonLines) {
  TraceEvent made;
  made.kind = Kind::made;
  made.task = 3;
  const std::string name = "a \"b\"";
  std::copy(name.begin(), name.end(), made.words.begin());
  TraceEvent polled;
  polled.kind = Kind::polled;
  polled.at = 1000;
  polled.took = 5;
  polled.count = 2;
  EXPECT_EQ(aio::to_json_lines({made, polled}),
            "{\"at\":0,\"kind\":\"made\",\"task\":3,\"text\":\"a \\\"b\\\"\"}\n"
            "{\"at\":1000,\"kind\":\"polled\",\"took\":5,\"events\":2,\"ready\":0}\n");
}

TEST(Trace, IsAnArrayForChrome) {
  tests::VirtualLoop virtual_loop;
  const Trace trace(virtual_loop.loop);
  run_two(virtual_loop);
  const std::string text = aio::to_chrome_trace(trace.events(), 9);
  EXPECT_TRUE(
      text.starts_with("[\n{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":9,\"tid\":0,\"args\":{"
                       "\"name\":\"loop 9\"}},\n"))
      << text;
  EXPECT_NE(text.find("\"ts\":10000000.000,\"dur\":2000000.000}"), std::string::npos) << text;
  EXPECT_NE(text.find("{\"ph\":\"X\",\"name\":\"waits for a sleep\""), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("}\n]\n")) << text;
}

/// Runs two loops in a process that is told to trace, and gives the file's text.
std::string traced(const std::string& ending) {
  const std::string path = testing::TempDir() + "trace-" + std::to_string(::getpid()) + ending;
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("LOOPWRIGHT_TRACE", path.c_str(), 1);
    for (int i = 0; i < 2; ++i) {
      aio::VirtualClock clock;
      aio::run(works(clock), tests::options(clock));
    }
    ::_exit(0);
  }
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  std::remove(path.c_str());
  return text.str();
}

/// How many of them are in the text.
int count_of(const std::string& part, const std::string& text) {
  int count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Trace, OfEachLoopGoesToTheFileOfTheEnvironment) {
  EXPECT_EQ(count_of("\"kind\":\"made\"", traced(".jsonl")), 2);
  const std::string chrome = traced(".json");
  EXPECT_EQ(count_of("process_name", chrome), 2);
  EXPECT_EQ(count_of("\n]\n", chrome), 1) << "one array";
  EXPECT_EQ(count_of("},\n", chrome) + 1, count_of("{\"ph\"", chrome)) << "a comma between all";
}

}  // namespace
