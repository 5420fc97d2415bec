// use-11d: a queue of jobs, some tasks that take them, and a future for each result.

#include <exception>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "jobs.hpp"

//: use-11d start the workers
JobRunner::JobRunner(int workers) {
  for (int i = 0; i < workers; ++i) workers_.push_back(aio::create_task(work()));
}

//: use-11d a future for the result, and an entry with both
aio::Future<std::string> JobRunner::submit(Job job) {
  aio::Future<std::string> result;
  entries_.put_nowait(Entry(std::move(job), result));
  return result;
}

//: use-11d one job after the other, until there will be no more
aio::Coro<> JobRunner::work() {
  try {
    while (aio::current_task().cancelling() == 0) {
      Entry entry = co_await entries_.get();
      co_await run(std::move(entry));
    }
  } catch (const aio::QueueShutDown&) {
  }
}

//: use-11d do it, unless nobody wants it; deliver what it leaves, unless nobody wants that
aio::Coro<> JobRunner::run(Entry entry) {
  if (entry.result.done()) co_return;
  try {
    std::string text = co_await entry.job();
    if (!entry.result.done()) entry.result.set_result(std::move(text));
  } catch (const aio::CancelledError&) {
    entry.result.cancel();
    if (aio::current_task().cancelling() > 0) throw;  // it is the worker that has to stop
  } catch (...) {
    if (!entry.result.done()) entry.result.set_exception(std::current_exception());
  }
}

//: use-11d no more jobs, and wait for all workers; what none of them will do is cancelled
aio::Coro<> JobRunner::stop() {
  entries_.shutdown();
  std::exception_ptr cancelled;
  try {
    co_await aio::gather(aio::return_exceptions, workers_);
  } catch (const aio::CancelledError&) {
    cancelled = std::current_exception();
  }
  while (!entries_.empty()) entries_.get_nowait().result.cancel();
  if (cancelled) std::rethrow_exception(cancelled);
}
