// Lesson 16: who waits for whom, and how to ask a program that runs.

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/as_completed.hpp>
#include <aio/gather.hpp>
#include <aio/lock.hpp>
#include <aio/shield.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>
#include <aio/wait.hpp>
#include <aio/wait_for.hpp>

#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/stderr.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task, aio::create_task, aio::dump_tasks;
using tests::LooksLike, tests::Seen, tests::Story;

const auto compiled = tests::compiled_from(aio::layers::tree);

Coro<> an_hour() { co_await aio::sleep(1h); }

/// The tree without the places, and without the task that runs, which asks for it.
std::string tree_of(const std::string& dumped) {
  std::string tree;
  for (std::size_t at = 0; at < dumped.size();) {
    const std::size_t end = dumped.find('\n', at);
    std::string line = dumped.substr(at, end - at);
    line.erase(std::min(line.find(" (made at"), line.size()));
    if (line.find("which runs") == line.npos) tree += line + "\n";
    at = end + 1;
  }
  return tree;
}

/// The tree as it is when every task has gone as far as it can.
template <class... Tasks>
Coro<std::string> tree_when_parked(const Tasks&... tasks) {
  co_await tests::iterations();
  const std::string tree = tree_of(dump_tasks());
  (tasks.cancel(), ...);
  co_return tree;
}

/// Waits for another one.
Coro<> awaits(Task<> other) { co_await other; }

TEST(Step3_Tree, IsEmptyWithoutTasks) {
  const aio::EventLoop loop;
  EXPECT_EQ(dump_tasks(loop), "");
}

TEST(Step3_Tree, ShowsATaskBelowTheOneThatWaitsForIt) {
  Story story;
  story.step("task outer awaits task inner, which sleeps");
  const auto tree = tests::run_virtual([]() -> Coro<std::string> {
    const Task<> inner = create_task(an_hour(), "inner");
    const Task<> outer = create_task(awaits(inner), "outer");
    co_return co_await tree_when_parked(inner, outer);
  }());
  EXPECT_STORY(story, tree,
               "  task outer, which waits for task inner\n"
               "    task inner, which waits for a sleep\n",
               "the one that nobody waits for comes first, and below it what it waits for",
               LooksLike{std::string("  task inner, which waits for a sleep\n"
                                     "    task outer, which waits for task inner\n"),
                         "upside-down"},
               Seen{std::string("  task outer, which waits for task inner\n"
                                "  task inner, which waits for a sleep\n"),
                    "all-on-one-level"});
}

TEST(Step3_Tree, GoesBackUpToTellTheNext) {
  Story story;
  story.step("a awaits b, b awaits c; d awaits e");
  const auto tree = tests::run_virtual([]() -> Coro<std::string> {
    const Task<> c = create_task(an_hour(), "c"), e = create_task(an_hour(), "e");
    const Task<> b = create_task(awaits(c), "b"), a = create_task(awaits(b), "a");
    const Task<> d = create_task(awaits(e), "d");
    co_return co_await tree_when_parked(c, e, b, a, d);
  }());
  EXPECT_STORY(story, tree,
               "  task a, which waits for task b\n"
               "    task b, which waits for task c\n"
               "      task c, which waits for a sleep\n"
               "  task d, which waits for task e\n"
               "    task e, which waits for a sleep\n",
               "each root begins on the first level again");
}

TEST(Step3_Tree, TellsWhatIsAwaitedInTheOrderOfTheTasks) {
  Story story;
  story.step("a task gathers one, two and three; two awaits four");
  const auto tree = tests::run_virtual([]() -> Coro<std::string> {
    const Task<> four = create_task(an_hour(), "four");
    const Task<> one = create_task(an_hour(), "one"), two = create_task(awaits(four), "two"),
                 three = create_task(an_hour(), "three");
    auto gathers = [](Task<> x, Task<> y, Task<> z) -> Coro<> { co_await aio::gather(x, y, z); };
    const Task<> all = create_task(gathers(one, two, three), "all");
    co_return co_await tree_when_parked(four, one, two, three, all);
  }());
  EXPECT_STORY(story, tree,
               "  task all, which waits for a gather of 3, 3 not done\n"
               "    task one, which waits for a sleep\n"
               "    task two, which waits for task four\n"
               "      task four, which waits for a sleep\n"
               "    task three, which waits for a sleep\n",
               "the last one of to_come is told next, so the first is put there last",
               Seen{std::string("  task all, which waits for a gather of 3, 3 not done\n"
                                "    task three, which waits for a sleep\n"
                                "    task two, which waits for task four\n"
                                "      task four, which waits for a sleep\n"
                                "    task one, which waits for a sleep\n"),
                    "the-last-first"});
}

TEST(Step3_Tree, TellsWhereATaskWasMade) {
  tests::run_virtual([]() -> Coro<> {
    const Task<> made = create_task(an_hour(), "nap");
    const std::string line = std::to_string(__LINE__ - 1);
    EXPECT_NE(dump_tasks().find(
                  "  task nap, which is ready (made at 16_debugging_tree_test.cpp:" + line + ")\n"),
              std::string::npos)
        << dump_tasks();
    made.cancel();
    co_return;
  }());
}

TEST(Step3_Tree, FollowsEveryWayToWaitForOthers) {
  Story story;
  story.step("tasks wait for others through gather, wait, shield, as_completed, wait_for, a group");
  const auto tree = tests::run_virtual([]() -> Coro<std::string> {
    auto gathers = []() -> Coro<> {
      co_await aio::gather(create_task(an_hour(), "one"), create_task(an_hour(), "two"));
    };
    auto waits = [](Task<> nap) -> Coro<> {
      std::vector<Task<>> naps{std::move(nap)};
      co_await aio::wait(std::move(naps));
    };
    auto shields = [](Task<> nap) -> Coro<> { co_await aio::shield(nap); };
    auto completes = [](Task<> nap) -> Coro<> {
      std::vector<Task<>> naps{std::move(nap)};
      auto all = aio::as_completed(std::move(naps));
      co_await all.next();
    };
    auto limits = [](Task<> nap) -> Coro<> { co_await aio::wait_for(nap, 2h); };
    auto groups = []() -> Coro<> {
      auto body = [](aio::TaskGroup& group) -> Coro<> {
        group.create_task(an_hour(), "child");
        co_return;
      };
      co_await aio::task_group(body);
    };
    const Task<> nap = create_task(an_hour(), "nap");
    const Task<> a = create_task(gathers(), "gathers"), b = create_task(waits(nap), "waits"),
                 c = create_task(shields(nap), "shields"),
                 d = create_task(completes(nap), "completes"),
                 e = create_task(limits(nap), "limits"), f = create_task(groups(), "groups");
    co_return co_await tree_when_parked(a, b, c, d, e, f, nap);
  }());
  EXPECT_STORY(story, tree,
               "  task gathers, which waits for a gather of 2, 2 not done\n"
               "    task one, which waits for a sleep\n"
               "    task two, which waits for a sleep\n"
               "  task waits, which waits for a future\n"
               "    task nap, which waits for a sleep\n"
               "  task shields, which waits for a shield\n"
               "    task nap, as told before\n"
               "  task completes, which waits for a future\n"
               "    task nap, as told before\n"
               "  task limits, which waits for task nap\n"
               "    task nap, as told before\n"
               "  task groups, which waits for the children of a task group\n"
               "    task child, which waits for a sleep\n",
               "who waits may be a future: go on to those who wait for that");
}

TEST(Step3_Tree, IsSeenThroughShieldsAroundShields) {
  Story story;
  story.step("a task awaits a shield around a gather of a nap");
  const auto tree = tests::run_virtual([]() -> Coro<std::string> {
    const Task<> nap = create_task(an_hour(), "nap");
    auto shields = [](Task<> inner) -> Coro<> {
      std::vector<Task<>> all{std::move(inner)};
      auto gathered = aio::gather(std::move(all));
      co_await aio::shield(std::move(gathered));
    };
    const Task<> outer = create_task(shields(nap), "outer");
    co_return co_await tree_when_parked(nap, outer);
  }());
  const std::size_t below = tree.find("    task nap, which waits for a sleep\n");
  EXPECT_STORY(story, below != tree.npos, true,
               "from a future to who waits for it, as often as it takes",
               LooksLike{false, "one-step-only"});
}

TEST(Step3_Tree, TellsAnEdgeOnce) {
  Story story;
  story.step("a task gathers the same nap twice");
  const auto tree = tests::run_virtual([]() -> Coro<std::string> {
    const Task<> nap = create_task(an_hour(), "nap");
    auto gathers = [](Task<> same) -> Coro<> { co_await aio::gather(same, aio::shield(same)); };
    const Task<> twice = create_task(gathers(nap), "twice");
    co_return co_await tree_when_parked(nap, twice);
  }());
  EXPECT_STORY(story, std::ranges::count(tree, '\n'), 2, "the task, and the nap below it, once",
               Seen{3l, "an-edge-for-each-place"});
}

/// Awaits one of the tasks when all of them are there.
Coro<> await_at(const std::vector<Task<>>& tasks, std::size_t index) {
  co_await aio::sleep(1ms);
  co_await Task<>(tasks[index]);
}

/// What a run says that ends in a deadlock.
template <class T>
std::string deadlock_of(Coro<T> main) {
  try {
    tests::run_virtual(std::move(main));
  } catch (const aio::DeadlockError& error) {
    return error.what();
  }
  return "no deadlock";
}

TEST(Step3_Tree, MarksACircleWhereItCloses) {
  Story story;
  story.step("a awaits b, b awaits c, c awaits a; the main task awaits a and b");
  const std::string message = deadlock_of([]() -> Coro<> {
    std::vector<Task<>> tasks;
    for (const auto& [name, next] : {std::pair("a", 1), std::pair("b", 2), std::pair("c", 0)}) {
      tasks.push_back(create_task(await_at(tasks, static_cast<std::size_t>(next)), name));
    }
    co_await aio::gather(tasks[0], tasks[1]);
  }());
  const bool marked =
      message.find(
          "task a, which waits for task b\n"
          "      task b, which waits for task c\n"
          "        task c, which waits for task a\n"
          "          task a, as above: they wait for each other in a circle") != message.npos;
  EXPECT_STORY(story, marked, true, "a task that is on the way from the root down closes a circle");
  const bool told = message.find("task a, as told before") != message.npos;
  EXPECT_STORY(story, told, false, "that is not the same as one that was told elsewhere",
               LooksLike{true, "a-circle-is-told-before"});
  const bool once = message.find("  task b, as told before") != message.npos;
  EXPECT_STORY(story, once, true, "b is awaited by the main task, too, where it is not above",
               LooksLike{false, "above-for-ever"});
}

TEST(Step3_Tree, ShowsACircleThatNobodyElseWaitsFor) {
  Story story;
  story.step("a and b await each other, and the main task awaits a future");
  const std::string message = deadlock_of([]() -> Coro<> {
    std::vector<Task<>> tasks;
    for (const auto& [name, next] : {std::pair("a", 1), std::pair("b", 0)}) {
      tasks.push_back(create_task(await_at(tasks, static_cast<std::size_t>(next)), name));
    }
    co_await aio::Future<>();
  }());
  const bool there = message.find("task a, as above") != message.npos;
  EXPECT_STORY(story, there, true, "in a circle there is nobody whom nobody waits for",
               LooksLike{false, "roots-only"});
}

TEST(Step3_Tree, IsAsDeepAsTheTasksAre) {
  constexpr int deep = 5000;
  const auto tree = tests::run_virtual([]() -> Coro<std::string> {
    std::vector<Task<>> tasks{create_task(an_hour(), "last")};
    for (int i = 0; i < deep; ++i) tasks.push_back(create_task(awaits(tasks.back())));
    co_return co_await tree_when_parked(tasks.back());
  }());
  EXPECT_EQ(std::ranges::count(tree, '\n'), deep + 1);
}

// What a loop tells while it runs

/// What the running loop has written when it has come round.
Coro<std::string> told_for(int signal) {
  tests::Stderr written;
  co_await tests::iterations();
  ::raise(signal);
  co_await tests::iterations();
  co_return written.take();
}

TEST(Inquiry, SigquitWritesTheTreeAndTheProgramGoesOn) {
  const std::string told = aio::run([]() -> Coro<std::string> {
    const Task<> nap = create_task(an_hour(), "nap");
    std::string written = co_await told_for(SIGQUIT);
    nap.cancel();
    co_return written;
  }());
  EXPECT_EQ(told.find("loop 1 of 1 in process " + std::to_string(::getpid()) + ":\n"), 0) << told;
  EXPECT_NE(told.find("\n  task nap, which waits for a sleep (made at 16_debugging_tree_test.cpp:"),
            std::string::npos)
      << told;
}

/// How a child ends that does `act`.
template <class Act>
int status_of_child(Act act) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    act();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

bool ended_by_quit(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT; }

TEST(Inquiry, WithoutALoopSigquitEndsTheProcess) {
  EXPECT_TRUE(ended_by_quit(status_of_child([] {
    { const aio::EventLoop loop; }
    ::raise(SIGQUIT);
  })));
}

TEST(Inquiry, ALoopThatDoesNotAnswerIsNoReasonToLive) {
  EXPECT_TRUE(ended_by_quit(status_of_child([] {
    aio::EventLoop::Options options;
    options.answers = false;
    const aio::EventLoop loop(options);
    ::raise(SIGQUIT);
  })));
}

TEST(Inquiry, ALoopThatNeverComesRoundCanStillBeEnded) {
  EXPECT_TRUE(ended_by_quit(status_of_child([] {
    const aio::EventLoop loop;  // nobody runs it
    for (;;) {
      ::raise(SIGQUIT);
      std::this_thread::sleep_for(10ms);  // it has a second
    }
  })));
}

/// Begins in a process in which no loop has been yet.
TEST(InquiryDeathTest, TheHandlerOfAProgramStays) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto own = [] {
    ::signal(SIGQUIT, [](int) { ::_exit(7); });
    const aio::EventLoop loop;
    ::raise(SIGQUIT);
  };
  EXPECT_EXIT(own(), testing::ExitedWithCode(7), "");
}

}  // namespace
