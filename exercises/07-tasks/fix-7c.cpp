// Exercise fix-7c. Check it with: ./learn check fix-7c
// fix-7c: jobs in the background, whose failures are told.

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "background.hpp"

Background::Background(OnFailure on_failure) : on_failure_(std::move(on_failure)) {}

void Background::start(aio::Coro<> job) {
  const aio::Task<> task = aio::create_task(std::move(job));
  jobs_.push_back(task);
}

void Background::cancel_all() {
  for (const aio::Task<>& job : jobs_) job.cancel();
}
