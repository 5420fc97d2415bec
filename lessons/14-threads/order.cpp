// Predict: in which order?

#include <atomic>
#include <chrono>
#include <cstdio>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/sleep.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

using namespace std::chrono_literals;

namespace {

// [order]
std::atomic<bool> callback_runs = false, job_is_done = false;

void job() {
  callback_runs.wait(false);  // until it is true
  std::puts("the job works");
  job_is_done = true;
  job_is_done.notify_one();
}

aio::Coro<> wait_for_the_job() {
  co_await aio::to_thread(job);
  std::puts("the task has its result");
}

void callback() {
  std::puts("the callback begins");
  aio::running_loop().call_later(0s, [] { std::puts("the timer rings"); });
  callback_runs = true;
  callback_runs.notify_one();
  job_is_done.wait(false);  // a callback that blocks
  aio::running_loop().call_soon([] { std::puts("the next callback runs"); });
  std::puts("the callback ends");
}

aio::Coro<> program() {
  const aio::Task<> task = aio::create_task(wait_for_the_job());
  aio::running_loop().call_soon(callback);
  std::puts("the program waits");
  co_await task;
}
// [/order]

}  // namespace

int main() { aio::run(program()); }
