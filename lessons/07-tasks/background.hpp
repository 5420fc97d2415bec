#pragma once
// Exercise fix-7c: jobs that nobody waits for.

#include <cstddef>
#include <exception>
#include <functional>
#include <vector>

#include <aio/coro.hpp>
#include <aio/task.hpp>

/// Starts jobs, and tells if one fails. Must outlive its jobs.
class Background {
 public:
  using OnFailure = std::function<void(std::exception_ptr)>;
  explicit Background(OnFailure on_failure);

  /// Starts a job as a task of its own. If it fails, `on_failure` is told, once, in the next
  /// iteration; it may start another job. One that was cancelled has not failed.
  void start(aio::Coro<> job);

  /// Asks all jobs to stop.
  void cancel_all();

  /// How many jobs there are that have not ended.
  std::size_t running() const { return jobs_.size(); }

 private:
  OnFailure on_failure_;
  std::vector<aio::Task<>> jobs_{};
};
