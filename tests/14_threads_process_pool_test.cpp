// Lesson 14: a pool of processes. The workers are this program, started once more.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/process_pool.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/elsewhere.hpp"
#include "support/error_of.hpp"
#include "support/refusal.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::InvalidStateError, aio::JobFailed, aio::ProcessPool;
using aio::ProcessPoolOptions, aio::Task, aio::WorkerDied;

const auto compiled = tests::compiled_from(aio::layers::process_pool);

std::string work(std::string job) {
  if (job == "pid") return std::to_string(::getpid());
  if (job == "throw") throw std::range_error("too far");
  if (job == "crash") ::kill(::getpid(), SIGKILL);
  if (job == "exit") ::_exit(3);
  if (job == "never") {
    for (;;) ::pause();
  }
  if (job == "leave a child and exit") {
    if (::fork() != 0) ::_exit(3);
    for (;;) ::pause();  // with all that the worker had
  }
  if (job == "descriptor 3 of a program") {
    FILE* const shell = ::popen("[ -e /proc/self/fd/3 ] && echo open || echo closed", "r");
    char line[16] = "";
    const bool read = std::fgets(line, sizeof line, shell) != nullptr;
    ::pclose(shell);
    return read ? line : "";
  }
  return job + job;
}

/// Before main(): in a worker, nothing else is to run.
const bool is_worker = aio::is_pool_worker() && (::_exit(aio::serve_jobs(work)), true);

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

Coro<int> death_of(const ProcessPool& pool, std::string job) {
  try {
    co_await pool.run(job);
  } catch (const WorkerDied& died) {
    co_return died.returncode;
  }
  co_return 0;
}

TEST(ProcessPool, DoesJobs) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool;
      EXPECT_EQ(co_await pool.run("ab"), "abab");
      EXPECT_EQ(co_await pool.run(""), "");
      const std::string much(3'000'000, 'x');
      const std::string twice = co_await pool.run(much);
      EXPECT_TRUE(twice == much + much);
      co_await pool.shutdown();
      EXPECT_FALSE(has_children());
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, WorkersAreOtherProcessesAndLiveOn) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(3)};
      EXPECT_EQ(pool.idle(), 0U) << "a worker is started for a job";
      const std::string first = co_await pool.run("pid");
      EXPECT_NE(first, std::to_string(::getpid()));
      EXPECT_EQ(co_await pool.run("pid"), first);
      std::vector<Task<std::string>> all;
      for (int i = 0; i < 50; ++i) all.push_back(aio::create_task(pool.run("pid")));
      std::set<std::string> pids;
      for (const Task<std::string>& each : all) pids.insert(co_await each);
      EXPECT_LE(pids.size(), 3U);
      EXPECT_EQ(pool.idle(), pids.size());
    }
  };
  aio::run(Body::main());
  EXPECT_FALSE(has_children());
}

TEST(ProcessPool, AJobThatThrowsFailsAlone) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(1)};
      const std::string pid = co_await pool.run("pid");
      std::string told;
      try {
        co_await pool.run("throw");
      } catch (const JobFailed& failed) {
        told = failed.what();
      }
      EXPECT_EQ(told, "too far");
      EXPECT_EQ(co_await pool.run("pid"), pid) << "the worker is as good as before";
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, AWorkerThatDiesFailsItsJobAndIsReplaced) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(1)};
      const std::string pid = co_await pool.run("pid");
      EXPECT_EQ(co_await death_of(pool, "crash"), -SIGKILL);
      EXPECT_NE(co_await pool.run("pid"), pid);
      EXPECT_EQ(co_await death_of(pool, "exit"), 3);
      EXPECT_EQ(co_await pool.run("ab"), "abab");
    }
  };
  aio::run(Body::main());
  EXPECT_STREQ(WorkerDied(-SIGKILL).what(), "the worker was killed by signal 9 (Killed)");
  EXPECT_STREQ(WorkerDied(3).what(), "the worker has exited with status 3");
}

TEST(ProcessPool, AWorkerThatDiesFailsItsJobAlthoughItsChildrenLive) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(1)};
      const pid_t pid = std::stoi(co_await pool.run("pid"));
      EXPECT_EQ(co_await death_of(pool, "leave a child and exit"), 3);
      EXPECT_EQ(::kill(-pid, SIGKILL), 0) << "the child is in the worker's group";
      EXPECT_EQ(co_await pool.run("ab"), "abab");
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, ProgramsThatAJobStartsDoNotGetTheWorkersSocket) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool;
      EXPECT_EQ(co_await pool.run("descriptor 3 of a program"), "closed\n");
    }
  };
  aio::run(Body::main());
}

/// A process that has all that this one has, and does nothing with it.
class Copy {
 public:
  Copy() : pid_(::fork()) {
    while (pid_ == 0) ::pause();
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  const pid_t pid_;
};

TEST(ProcessPool, ShutdownEndsAlthoughAForkedProcessHasOurEnds) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(1)};
      EXPECT_EQ(co_await pool.run("ab"), "abab");
      const Copy copy;
      co_await pool.shutdown();
    }
  };
  aio::run(Body::main());
  EXPECT_FALSE(has_children());
}

TEST(ProcessPool, AnIdleWorkerThatDiesCostsNoJob) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(1)};
      const pid_t pid = std::stoi(co_await pool.run("pid"));
      ::kill(pid, SIGKILL);
      while (::kill(pid, 0) == 0) co_await aio::sleep(1ms);  // until it is reaped
      EXPECT_EQ(co_await pool.run("ab"), "abab");
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, AJobThatIsCancelledEndsAtOnce) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(1)};
      const pid_t pid = std::stoi(co_await pool.run("pid"));
      const Task<std::string> never = aio::create_task(pool.run("never"));
      const Task<std::string> waits = aio::create_task(pool.run("waits"));
      while (pool.idle() > 0) co_await aio::sleep(0s);
      never.cancel();
      EXPECT_THROW(co_await never, CancelledError);
      EXPECT_EQ(co_await waits, "waitswaits");
      while (::kill(pid, 0) == 0) co_await aio::sleep(1ms);
    }
  };
  aio::run(Body::main());
  EXPECT_FALSE(has_children());
}

TEST(ProcessPool, ManyJobsForFewWorkers) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(2)};
      std::vector<Task<std::string>> all;
      for (int i = 0; i < 200; ++i) {
        all.push_back(aio::create_task(pool.run(i % 50 == 7 ? "exit" : std::to_string(i))));
      }
      for (int i = 0; i < 200; ++i) {
        const Task<std::string>& job = all[static_cast<std::size_t>(i)];
        if (i % 50 == 7) {
          EXPECT_THROW(co_await job, WorkerDied);
        } else {
          EXPECT_EQ(co_await job, std::to_string(i) + std::to_string(i));
        }
      }
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, ShutdownWaitsForItsJobs) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool{ProcessPoolOptions(2)};
      std::vector<Task<std::string>> jobs;
      for (int i = 0; i < 5; ++i) jobs.push_back(aio::create_task(pool.run("ab")));
      while (pool.idle() == 0) co_await aio::sleep(0s);
      const Task<> one = aio::create_task(pool.shutdown());
      co_await pool.shutdown();
      co_await one;
      int done = 0, refused = 0;
      for (const Task<std::string>& each : jobs) {
        try {
          EXPECT_EQ(co_await each, "abab");
          ++done;
        } catch (const InvalidStateError&) {  // it had not begun
          ++refused;
        }
      }
      EXPECT_GE(done, 1);
      EXPECT_EQ(done + refused, 5);
      EXPECT_EQ(pool.idle(), 0U);
      EXPECT_FALSE(has_children());
      EXPECT_THROW(co_await pool.run("ab"), InvalidStateError);
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, AProgramThatIsNoWorkerSaysSo) {
  struct Body {
    static Coro<> main() {
      ProcessPoolOptions missing(1), other(1);
      missing.command = {"/nonesuch"};
      other.command = {"true"};
      EXPECT_EQ(co_await tests::error_of(ProcessPool(missing).run("ab")), ENOENT);
      const ProcessPool pool(other);
      EXPECT_EQ(co_await death_of(pool, "ab"), 0) << "it died with status 0";
      EXPECT_THROW(co_await pool.run("ab"), WorkerDied);
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, BelongsToOneLoop) {
  struct Body {
    static Coro<> main() {
      const ProcessPool pool;
      EXPECT_EQ(co_await pool.run("ab"), "abab");
      const auto meddles = [&pool] {
        return tests::refusal([&] { aio::run(pool.shutdown()); }) + " " +
               tests::refusal([&] { static_cast<void>(aio::run(pool.run(""))); });
      };
      EXPECT_EQ(co_await aio::to_thread(meddles), tests::wrong_thread("ProcessPool::shutdown") +
                                                      " " +
                                                      tests::wrong_thread("ProcessPool::run"));
      EXPECT_EQ(co_await pool.run("ab"), "abab") << "it is as it was";
      co_await pool.shutdown();
    }
  };
  aio::run(Body::main());
}

TEST(ProcessPool, RefusesMisuse) {
  ProcessPool pool;
  const ProcessPool moved = std::move(pool);
  EXPECT_EQ(tests::refusal([&] { static_cast<void>(pool.run("")); }),
            "this ProcessPool is empty: it was moved from");
  EXPECT_EQ(moved.idle(), 0U);
}

}  // namespace
