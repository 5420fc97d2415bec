// fix-16h: a printer that many use.

#include <cstdint>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/event.hpp>
#include <aio/task.hpp>

#include "spooler.hpp"
#include "support/hunt.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Task;
using tests::iterations, tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::debug);

tests::Hunt<Finding> hunt() { return {found(), Fault::busy_loop, {"next"}}; }

/// Prints at once, or when it is let. Without timers: where a task is always busy, no time passes.
class Sheet final : public Device {
 public:
  Coro<> print(std::string title) override {
    printed += (printed.empty() ? "" : " ") + title;
    co_await free.wait();
  }
  tests::Story story{};
  aio::Event free{};
  std::string printed{};
};

/// Plays a scene, and ends the spooler.
void play(Coro<> (*body)(Spooler&, Sheet&)) {
  Sheet sheet;
  sheet.free.set();
  const std::unique_ptr<Spooler> spooler = make_spooler(sheet);
  tests::run_virtual([](Coro<> scene, Spooler& tested) -> Coro<> {
    const Task<> worker = aio::create_task(tested.work(), "spooler");
    co_await std::move(scene);
    worker.cancel();
    co_await iterations();
  }(body(*spooler, sheet), *spooler));
}

TEST(Fix16h_Spooler, CostsNothingWhereThereIsNoJob) {
  play([](Spooler&, Sheet& sheet) -> Coro<> {
    co_await iterations();
    const aio::LoopStatistics statistics;
    co_await iterations(100);
    const std::uint64_t others = statistics.figures().callbacks - 100;
    EXPECT_STORY(sheet.story, others, std::uint64_t(0),
                 hunt().still("there is no job, and a hundred iterations later the spooler has run "
                              "a hundred times"),
                 hunt().known(LooksLike{std::uint64_t(100), "looks-all-the-time"}));
  });
}

TEST(Fix16h_Spooler, CostsNothingAfterAJobEither) {
  play([](Spooler& spooler, Sheet& sheet) -> Coro<> {
    spooler.submit({"letter", false});
    co_await iterations();
    const aio::LoopStatistics statistics;
    co_await iterations(100);
    const std::uint64_t others = statistics.figures().callbacks - 100;
    EXPECT_STORY(sheet.story, others, std::uint64_t(0),
                 hunt().still("the job is printed, and a hundred iterations later the spooler has "
                              "run a hundred times"),
                 hunt().known(LooksLike{std::uint64_t(100), "looks-all-the-time"}));
    EXPECT_EQ(sheet.printed, "letter");
  });
}

TEST(Fix16h_Spooler, AJobIsBegunAtOnce) {
  play([](Spooler& spooler, Sheet& sheet) -> Coro<> {
    co_await iterations();
    spooler.submit({"letter", false});
    co_await iterations();
    EXPECT_STORY(sheet.story, sheet.printed, "letter",
                 hunt().broken("the device is free, and the job waits until some time has passed"),
                 hunt().known(LooksLike{std::string(), "looks-now-and-then"}));
  });
}

TEST(Fix16h_Spooler, SeveralJobsAtOnceAreAllPrinted) {
  play([](Spooler& spooler, Sheet& sheet) -> Coro<> {
    co_await iterations();
    spooler.submit({"one", false});
    spooler.submit({"two", false});
    spooler.submit({"first", true});
    co_await iterations();
    EXPECT_STORY(
        sheet.story, sheet.printed, "first one two",
        hunt().broken("three jobs came at once, and the urgent one goes before the others"),
        hunt().known(LooksLike{std::string(), "looks-now-and-then"}),
        hunt().known(LooksLike{std::string("first"), "one-for-each-time"}));
  });
}

TEST(Fix16h_Spooler, AJobThatComesWhileItPrintsIsNotForgotten) {
  play([](Spooler& spooler, Sheet& sheet) -> Coro<> {
    sheet.free.clear();
    spooler.submit({"one", false});
    co_await iterations();
    spooler.submit({"two", false});
    co_await iterations();
    EXPECT_EQ(sheet.printed, "one");
    sheet.free.set();
    co_await iterations();
    EXPECT_STORY(
        sheet.story, sheet.printed, "one two",
        hunt().broken("before it sleeps it has to look whether something has come meanwhile"));
  });
}

TEST(Fix16h_Spooler, TheFaultIsNamed) {
  tests::Story story;
  EXPECT_STORY(story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
