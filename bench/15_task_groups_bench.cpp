// Lesson 15: N requests, of which the last fails after 5 ms, while no other is ever answered. In
// turn with poll(), each given 5 ms; with a thread for each, which the failing one tells; and with
// a task for each in one aio::TaskGroup.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "support/compare.hpp"
#include "support/pipe.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 5ms;

void check(int ended, int n) {
  if (ended != n) throw std::runtime_error("somebody was left behind");
}

void ask_in_turn(int n) {
  const bench::Pipe silence;  // stays empty and open
  int ended = 0;
  for (int i = 0; i < n; ++i) {
    pollfd waiting{.fd = silence.reading.get(), .events = POLLIN, .revents = 0};
    const int ready =
        aio::check_syscall("poll", poll(&waiting, 1, static_cast<int>(patience.count())));
    if (ready == 0) ++ended;
  }
  check(ended, n);
}

/// What threads that belong together share: whether one of them has failed.
class Shared {
 public:
  void fail() {
    {
      const std::lock_guard lock(mutex_);
      failed_ = true;
    }
    changed_.notify_all();
  }
  void wait_for_failure() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return failed_; });
    ++told_;
  }
  int told() const { return told_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool failed_ = false;
  int told_ = 0;
};

void ask_in_threads(int n) {
  Shared shared;
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i < n; ++i) threads.emplace_back([&shared] { shared.wait_for_failure(); });
    threads.emplace_back([&shared] {
      std::this_thread::sleep_for(patience);
      shared.fail();
    });
  }
  check(shared.told() + 1, n);
}

// [task-group]
aio::Coro<> fail() {
  co_await aio::sleep(patience);
  throw std::runtime_error("no answer");
}

aio::Coro<> wait_for_an_answer(int& ended) {
  const aio::Future<> answer;
  try {
    co_await answer;
  } catch (const aio::CancelledError&) {
    ++ended;
    throw;
  }
}

aio::Coro<> ask_together(int n) {
  int ended = 0;
  const auto ask_all = [n, &ended](aio::TaskGroup& group) -> aio::Coro<> {
    for (int i = 1; i < n; ++i) group.create_task(wait_for_an_answer(ended));
    group.create_task(fail());
    co_return;
  };
  try {
    co_await aio::task_group(ask_all);
  } catch (const aio::ExceptionGroup&) {
    ++ended;
  }
  check(ended, n);
}
// [/task-group]

}  // namespace

int main(int argc, char** argv) {
  bench::Comparison failures{.sizes = {1, 10, 100, 1'000}};
  failures.sync = {
      .work = [](int n) { ask_in_turn(n); },
      .seconds = [](int n) { return std::chrono::duration<double>(patience * n).count(); }};
  failures.thread = {.work = [](int n) { ask_in_threads(n); }};
  failures.async = {.work = [](int n) { aio::run(ask_together(n)); }};
  return bench::run(argc, argv, failures);
}
