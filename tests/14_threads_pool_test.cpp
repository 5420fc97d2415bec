// Lesson 14, step 3: the threads of a pool. Gates decide who is first. What has to come is waited
// for two seconds, so that a test that fails ends; no test that passes takes so long.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/sleep.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/asleep.hpp"
#include "support/gate.hpp"
#include "support/refusal.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Future, aio::InvalidStateError;
using aio::detail::Job, aio::detail::LoopDoor, aio::detail::ThreadPool;
using tests::Gate, tests::LooksLike, tests::Seen;

/// A job that has begun when `begun` opens, and ends when `may_end` does.
class Held final : public Job {
 public:
  explicit Held(std::function<void()> at_end = [] {})
      : Job(LoopDoor::here()), at_end_(std::move(at_end)) {}
  Gate begun, may_end;
  std::atomic<pid_t> thread = 0;  // that does it

 private:
  void work() noexcept override {
    thread = ::gettid();
    begun.open();
    may_end.wait();
    at_end_();
  }
  std::function<void()> at_end_;
};

/// A job that is handed back at a pool's end, and who waits for it.
struct Ended {
  Ended() { job->expect(done); }
  Ended(const Ended&) = delete;
  Ended& operator=(const Ended&) = delete;
  ~Ended() { job->forget(); }
  const std::shared_ptr<aio::detail::LastJob> job = std::make_shared<aio::detail::LastJob>();
  Future<> done;
};

/// A pool, and the jobs that it was given; when it goes, none of them is held any more.
struct Stage {
  explicit Stage(std::size_t most)
      : pool(std::make_shared<ThreadPool>(aio::ExecutorOptions{.threads = most})) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() {
    release();
    pool->leave();
  }

  std::shared_ptr<Held> add(std::function<void()> at_end = [] {}) {
    jobs.push_back(std::make_shared<Held>(std::move(at_end)));
    story.step("a job is added");
    pool->add(jobs.back());
    return jobs.back();
  }
  void end(const Ended& ended) {
    story.step("the pool is to end");
    pool->end(ended.job);
  }
  void release() {
    story.step("what is held may end");
    for (const auto& job : jobs) job->may_end.open();
  }
  /// Lets the loop go on until it is so. Returns false when it is not within two seconds.
  Coro<bool> comes(std::function<bool()> so) {
    const auto late = std::chrono::steady_clock::now() + 2s;
    while (!so()) {
      if (std::chrono::steady_clock::now() > late) co_return false;
      co_await aio::sleep(0s);
    }
    co_return true;
  }
  Coro<bool> threads_are(std::size_t number) {
    return comes([this, number] { return pool->alive() == number; });
  }
  Coro<bool> begins(const std::shared_ptr<Held>& job) {
    return comes([job] { return job->begun.is_open(); });
  }
  /// Its thread has done it, and is free.
  Coro<bool> is_over(std::shared_ptr<Held> job) {
    const bool begun = co_await begins(job);
    story.step("a job ends");
    job->may_end.open();
    co_return begun&& tests::falls_asleep(job->thread);
  }
  Coro<> go_on() {
    story.step("the loop goes on");
    for (int turn = 0; turn < 3; ++turn) co_await aio::sleep(0s);
  }

  tests::Story story;
  std::shared_ptr<ThreadPool> pool;
  std::vector<std::shared_ptr<Held>> jobs;
};

template <class Body>
void run(std::size_t most, Body body) {
  struct Main {
    static Coro<> main(std::size_t threads, Body play) {
      Stage stage(threads);
      co_await play(stage);
    }
  };
  aio::run(Main::main(most, body));
}

// ── step 14.3: threads that come and go ──

TEST(Step3_Pool, MakesAThreadForAJob) {  // EXEC-07
  run(2, [](Stage& s) -> Coro<> {
    EXPECT_STORY(s.story, s.pool->alive(), 0U, "without a job there is no thread");
    const auto job = s.add();
    EXPECT_STORY(s.story, s.pool->alive(), 1U, "nobody is free: add() starts a thread");
    EXPECT_STORY(s.story, co_await s.begins(job), true, "next() gives the job to the thread");
  });
}

TEST(Step3_Pool, MakesNoMoreThanAllowed) {  // EXEC-07
  run(2, [](Stage& s) -> Coro<> {
    const auto first = s.add(), second = s.add(), third = s.add();
    EXPECT_STORY(s.story, s.pool->alive(), 2U,
                 "at most `most_` threads: the third job has to wait");
    s.release();
    EXPECT_STORY(s.story, co_await s.begins(third), true, "a thread that is free again takes it");
  });
}

TEST(Step3_Pool, ABusyThreadIsNotCountedAsFree) {  // EXEC-07
  run(2, [](Stage& s) -> Coro<> {
    const auto first = s.add();
    EXPECT_STORY(s.story, co_await s.begins(first), true, "next() gives the job to the thread");
    const auto second = s.add();
    EXPECT_STORY(s.story, co_await s.begins(second), true,
                 "the only thread is busy: idle_ is 0 then, and the second job gets a thread",
                 LooksLike{false, "counted-as-free"});
  });
}

TEST(Step3_Pool, AFreeThreadTakesTheNextJob) {  // EXEC-07
  run(2, [](Stage& s) -> Coro<> {
    EXPECT_STORY(s.story, co_await s.is_over(s.add()), true, "next() waits for the next job");
    const auto second = s.add();
    EXPECT_STORY(s.story, s.pool->alive(), 1U, "a thread is free: add() wakes it, and starts none",
                 Seen{std::size_t{2}, "always-one-more"});
    EXPECT_STORY(s.story, co_await s.begins(second), true, "it takes the job",
                 LooksLike{false, "nobody-is-called"});
  });
}

TEST(Step3_Pool, ThoseThatAreTooManyEnd) {
  run(2, [](Stage& s) -> Coro<> {
    const tests::Suspicion suspicion(
        "a thread that ends cannot join itself, and a std::thread that is neither joined nor "
        "detached ends the program: detach it, then erase it");
    const auto first = s.add(), second = s.add();
    EXPECT_STORY(s.story, co_await s.begins(second), true, "two jobs, two threads");
    s.story.step("resize(1)");
    s.pool->resize(1);
    s.release();
    EXPECT_STORY(s.story, co_await s.threads_are(1), true,
                 "next() returns null to a thread that is too many, also while it waits",
                 LooksLike{false, "never-too-many"});
    const auto third = s.add();
    third->may_end.open();
    EXPECT_STORY(s.story, co_await s.begins(third), true, "the other one works on");
  });
}

TEST(Step3_End, TakesNothingNew) {  // EXEC-06
  run(1, [](Stage& s) -> Coro<> {
    const Ended ended;
    s.end(ended);
    EXPECT_STORY(s.story, tests::thrown_as<InvalidStateError>([&] { s.add(); }), "thrown",
                 "nobody would do it: add() refuses it when the pool is ending",
                 Seen{"nothing was thrown", "takes-a-job-after-the-end"});
    co_return;
  });
}

TEST(Step3_End, DoesWhatWasTaken) {  // EXEC-06
  run(1, [](Stage& s) -> Coro<> {
    std::string done;  // by one thread
    s.add([&] { done += "A"; });
    s.add([&] { done += "B"; });
    s.add([&] { done += "C"; });
    const Ended ended;
    s.end(ended);
    s.release();
    EXPECT_STORY(s.story, co_await s.threads_are(0), true, "each thread ends");
    EXPECT_STORY(s.story, done, "ABC",
                 "a thread ends when there is nothing to do any more, and takes what waits first",
                 Seen{"A", "forgets-what-waits"}, Seen{"", "forgets-what-waits"});
  });
}

TEST(Step3_End, WakesAllWhoHaveNothingToDo) {  // EXEC-06
  run(3, [](Stage& s) -> Coro<> {
    const auto first = s.add(), second = s.add(), third = s.add();
    for (const auto& job : {first, second, third}) {
      EXPECT_STORY(s.story, co_await s.is_over(job), true, "next() waits for the next job");
    }
    const Ended ended;
    s.end(ended);
    EXPECT_STORY(s.story, co_await s.threads_are(0), true,
                 "three threads sleep in next(): end() has to wake all of them");
  });
}

TEST(Step3_End, IsToldAfterTheLastJob) {  // EXEC-06
  run(1, [](Stage& s) -> Coro<> {
    const auto job = s.add();
    EXPECT_STORY(s.story, co_await s.begins(job), true, "next() gives the job to the thread");
    const Ended ended;
    s.end(ended);
    co_await s.go_on();
    EXPECT_STORY(s.story, ended.done.done(), false,
                 "a thread still works: the last one that ends hands `last` back",
                 Seen{true, "told-too-early"});
    s.release();
    const auto told = [&] { return ended.done.done(); };
    EXPECT_STORY(s.story, co_await s.comes(told), true, "the last thread hands `last` back");
  });
}

TEST(Step3_End, IsToldByTheLastThread) {  // EXEC-06
  run(2, [](Stage& s) -> Coro<> {
    const auto first = s.add(), second = s.add();
    EXPECT_STORY(s.story, co_await s.begins(first), true, "two jobs, two threads");
    EXPECT_STORY(s.story, co_await s.begins(second), true, "two jobs, two threads");
    const Ended ended;
    s.end(ended);
    s.story.step("the first job ends");
    first->may_end.open();
    EXPECT_STORY(s.story, co_await s.threads_are(1), true, "its thread ends");
    co_await s.go_on();
    EXPECT_STORY(s.story, ended.done.done(), false, "the other thread still works",
                 LooksLike{true, "the-first-one-tells"});
    s.release();
    const auto told = [&] { return ended.done.done(); };
    EXPECT_STORY(s.story, co_await s.comes(told), true, "the last thread hands `last` back");
  });
}

TEST(Step3_End, OfAnUnusedPoolComesAtOnce) {  // EXEC-06
  run(1, [](Stage& s) -> Coro<> {
    const Ended ended;
    s.end(ended);
    co_await s.go_on();
    EXPECT_STORY(s.story, ended.done.done(), true,
                 "where there is no thread, no thread can tell: end() itself hands `last` back",
                 Seen{false, "nobody-is-there-to-tell"});
  });
}

TEST(Step3_End, IsToldToAllWhoWaitForIt) {  // EXEC-06
  run(1, [](Stage& s) -> Coro<> {
    s.add();
    const Ended one, other;
    s.end(one);
    s.end(other);
    s.release();
    EXPECT_STORY(s.story, co_await s.threads_are(0), true, "each thread ends");
    co_await s.go_on();
    const std::string told = std::string(one.done.done() ? "one " : "") +  //
                             (other.done.done() ? "other" : "");
    EXPECT_STORY(s.story, told, "one other", "the last thread hands back all that is in last_",
                 LooksLike{"one ", "tells-one-of-them"}, LooksLike{"other", "tells-one-of-them"});
  });
}

}  // namespace
