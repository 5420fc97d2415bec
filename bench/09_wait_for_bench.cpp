// Lesson 09: N requests that nobody ever answers, each given up after 5 ms. In turn with poll(),
// with a thread and a condition variable for each, and with aio::wait_for in N tasks.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/gather.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/compare.hpp"
#include "support/pipe.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto limit = 5ms;

void check(int given_up, int n) {
  if (given_up != n) throw std::runtime_error("somebody got an answer that nobody has sent");
}

void give_up_in_turn(int n) {
  const bench::Pipe silence;  // stays empty and open
  int given_up = 0;
  for (int i = 0; i < n; ++i) {
    pollfd waiting{.fd = silence.reading.get(), .events = POLLIN, .revents = 0};
    const int ready =
        aio::check_syscall("poll", poll(&waiting, 1, static_cast<int>(limit.count())));
    if (ready == 0) ++given_up;
  }
  check(given_up, n);
}

/// What each thread waits for: an answer, under a lock.
class Mailbox {
 public:
  bool gives_up() {
    std::unique_lock lock(mutex_);
    return !arrived_.wait_for(lock, limit, [this] { return full_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  bool full_ = false;
};

void give_up_in_threads(int n) {
  std::vector<char> gave_up(static_cast<std::size_t>(n));
  {
    std::vector<std::jthread> threads;
    for (char& result : gave_up) {
      threads.emplace_back([&result] {
        Mailbox mailbox;
        result = mailbox.gives_up() ? 1 : 0;
      });
    }
  }
  check(std::accumulate(gave_up.begin(), gave_up.end(), 0), n);
}

// [wait-for]
aio::Coro<int> give_up() {
  const aio::Future<> answer;
  try {
    co_await aio::wait_for(answer, limit);
  } catch (const aio::TimeoutError&) {
    co_return 1;
  }
  co_return 0;
}

aio::Coro<> give_up_together(int n) {
  std::vector<aio::Coro<int>> requests;
  for (int i = 0; i < n; ++i) requests.push_back(give_up());
  const std::vector<int> results = co_await aio::gather(std::move(requests));
  check(std::accumulate(results.begin(), results.end(), 0), n);
}
// [/wait-for]

}  // namespace

int main(int argc, char** argv) {
  bench::Comparison waits{.sizes = {1, 10, 100, 1'000}};
  waits.sync = {.work = [](int n) { give_up_in_turn(n); },
                .seconds = [](int n) { return std::chrono::duration<double>(limit * n).count(); }};
  waits.thread = {.work = [](int n) { give_up_in_threads(n); }};
  waits.async = {.work = [](int n) { aio::run(give_up_together(n)); }};
  return bench::run(argc, argv, waits);
}
