#pragma once
// Exercise use-11d: jobs that are done in the background, a few at a time, and their results.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

using Job = std::function<aio::Coro<std::string>()>;

class JobRunner {
 public:
  /// Starts `workers` tasks. Call stop() before the runner goes.
  explicit JobRunner(int workers);

  /// Queues a job. Its result, its exception or that it was cancelled comes in the future. A job
  /// whose future is cancelled before its turn is skipped; one that runs already goes on, and its
  /// result is dropped. Throws aio::QueueShutDown after stop().
  aio::Future<std::string> submit(Job job);

  /// Takes no more jobs, does those that are queued, and ends the workers. When this returns or
  /// throws, the workers have ended. Cancelling it cancels them: jobs that are not done by then
  /// end as cancelled.
  aio::Coro<> stop();

 private:
  struct Entry {
    Entry(Job what, aio::Future<std::string> where)
        : job(std::move(what)), result(std::move(where)) {}
    Job job;
    aio::Future<std::string> result;
  };
  aio::Coro<> work();
  aio::Coro<> run(Entry entry);

  aio::Queue<Entry> entries_;
  std::vector<aio::Task<>> workers_;
};
