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
  //: fix-7c now
  task.add_done_callback([this](aio::Task<>& ended) {
    std::erase(jobs_, ended);
    if (ended.cancelled()) return;
    if (const std::exception_ptr failure = ended.exception()) on_failure_(failure);
  });
  //: fix-7c was
  //: fix-7c end
}

void Background::cancel_all() {
  for (const aio::Task<>& job : jobs_) job.cancel();
}
