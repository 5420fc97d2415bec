// fix-16d: a weather station.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/queue.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>

#include "station.hpp"
#include "support/hunt.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task;
using tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::debug);

tests::Hunt<Finding> hunt() { return {found(), Fault::lost_exception, {"record", "writer"}}; }

class Cupboard final : public Archive {
 public:
  explicit Cupboard(std::size_t room = 100) : room_(room) {}
  Coro<> store(std::string line) override {
    co_await aio::sleep(200ms);
    if (lines.size() == room_) throw ArchiveFull();
    lines.push_back(line);
  }
  std::vector<std::string> lines{};

 private:
  const std::size_t room_;
};

/// A reading each second.
Coro<> sense(aio::Queue<double>& sensor, int count) {
  for (int i = 0; i < count; ++i) {
    co_await aio::sleep(1s);
    sensor.put_nowait(i);
  }
  sensor.shutdown();
}

/// How record() has ended: "3 readings", or what it has thrown; and how many lines there are then.
Coro<std::string> outcome(aio::Queue<double>& sensor, Cupboard& archive) {
  std::string told;
  try {
    told = std::to_string(co_await record(sensor, archive)) + " readings";
  } catch (const ArchiveFull& error) {
    told = error.what();
  } catch (const aio::ExceptionGroup& group) {
    group.for_each<ArchiveFull>([&told](const ArchiveFull& error) { told = error.what(); });
  }
  co_return told + ", " + std::to_string(archive.lines.size()) + " lines";
}

TEST(Fix16d_Station, AFullArchiveIsToldAtOnce) {
  aio::VirtualClock clock;
  tests::Story story;
  Cupboard archive(2);
  tests::run_virtual(
      [](tests::Story& there, Cupboard& into, aio::VirtualClock& time) -> Coro<> {
        const auto began = time.now();
        aio::Queue<double> sensor;
        const Task<> source = aio::create_task(sense(sensor, 60));
        const std::string told = co_await outcome(sensor, into);
        EXPECT_STORY(
            there, told, "the archive is full, 2 lines",
            hunt().still("whoever records must hear what the archive throws"),
            hunt().known(LooksLike{std::string("60 readings, 2 lines"), "waits-and-does-not-ask"}));
        EXPECT_STORY(there, (time.now() - began) < 5s, true,
                     hunt().still("the archive was full after three seconds, and nobody has heard "
                                  "of it for a minute"),
                     hunt().known(LooksLike{false, "asks-when-all-is-over"}));
        source.cancel();
      }(story, archive, clock),
      clock);
}

TEST(Fix16d_Station, NothingIsLeftWhenItHasThrown) {
  tests::Story story;
  Cupboard archive(2);
  tests::run_virtual([](tests::Story& there, Cupboard& into) -> Coro<> {
    aio::Queue<double> sensor;
    const Task<> source = aio::create_task(sense(sensor, 60));
    co_await outcome(sensor, into);
    EXPECT_STORY(
        there, aio::all_tasks().size(), std::size_t(2),  // this one, and the source
        hunt().broken("whatever record() has started has to end with it, for what it works "
                      "on is gone then"),
        hunt().known(LooksLike{std::size_t(3), "the-reader-stays"}));
    for (const aio::TaskRef& task : aio::all_tasks()) {
      if (task != aio::current_task()) task.cancel();  // before it touches what is gone
    }
    co_await tests::iterations();
  }(story, archive));
}

TEST(Fix16d_Station, EachReadingIsStored) {
  tests::Story story;
  Cupboard archive;
  tests::run_virtual([](tests::Story& there, Cupboard& into) -> Coro<> {
    aio::Queue<double> sensor;
    for (int i = 0; i < 3; ++i) sensor.put_nowait(i);  // faster than the archive
    sensor.shutdown();
    const std::string told = co_await outcome(sensor, into);
    EXPECT_STORY(there, told, "3 readings, 3 lines",
                 hunt().broken("it ends when the last line is stored"));
    EXPECT_EQ(into.lines.empty() ? "" : into.lines.back(), "3: 2.0");
  }(story, archive));
}

TEST(Fix16d_Station, TheFaultIsNamed) {
  tests::Story story;
  EXPECT_STORY(story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
