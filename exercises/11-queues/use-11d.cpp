// Exercise use-11d. Check it with: ./learn check use-11d
// use-11d: a queue of jobs, some tasks that take them, and a future for each result.

#include <exception>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

#include "jobs.hpp"

//: use-11d start the workers
JobRunner::JobRunner(int workers) {
  AIO_TODO("use-11d", "start the workers");
}

//: use-11d a future for the result, and an entry with both
aio::Future<std::string> JobRunner::submit(Job job) {
  AIO_TODO("use-11d", "a future for the result, and an entry with both");
}

//: use-11d one job after the other, until there will be no more
aio::Coro<> JobRunner::work() {
  AIO_TODO("use-11d", "one job after the other, until there will be no more");
}

//: use-11d do it, unless nobody wants it; deliver what it leaves, unless nobody wants that
aio::Coro<> JobRunner::run(Entry entry) {
  AIO_TODO("use-11d",
           "do it, unless nobody wants it; deliver what it leaves, unless nobody wants that");
}

//: use-11d no more jobs, and wait for all workers; what none of them will do is cancelled
aio::Coro<> JobRunner::stop() {
  AIO_TODO("use-11d",
           "no more jobs, and wait for all workers; what none of them will do is cancelled");
}
