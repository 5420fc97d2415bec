#pragma once
// Jobs that must not run at the same time, e.g. those of one file: a strand gives them to threads
// one after the other, in the order in which they came.

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include <aio/threads.hpp>
#include <aio/threads/executor.hpp>

namespace aio::detail {

/// Each job begins when the one before has ended, even if nobody waits for that one any more.
class Strand final : public JobTaker, public std::enable_shared_from_this<Strand> {
 public:
  explicit Strand(Executor executor) : executor_(std::move(executor)) {}

  void add(std::shared_ptr<Job> job) override;

 private:
  /// What a thread of the executor does for the strand: whatever is there.
  class Turn final : public Job {
   public:
    explicit Turn(std::shared_ptr<Strand> strand) : strand_(std::move(strand)) {}
    void work() noexcept override { strand_->work(); }

   private:
    const std::shared_ptr<Strand> strand_;
  };

  void work() noexcept;
  std::shared_ptr<Job> next();

  const Executor executor_;
  std::mutex mutex_;  // for the rest
  std::deque<std::shared_ptr<Job>> waiting_;
  bool working_ = false;  // a thread has its turn, or will have it
};

inline void Strand::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(job));
  if (working_) return;
  try {
    executor_.taker().add(std::make_shared<Turn>(shared_from_this()));
    working_ = true;
  } catch (...) {
    waiting_.pop_back();
    throw;
  }
}

inline void Strand::work() noexcept {
  while (std::shared_ptr<Job> job = next()) Job::carry_out(std::move(job));
}

inline std::shared_ptr<Job> Strand::next() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    working_ = false;
    return nullptr;
  }
  std::shared_ptr<Job> job = std::move(waiting_.front());
  waiting_.pop_front();
  return job;
}

/// The threads that call_on() uses for a strand.
class StrandThreads {
 public:
  explicit StrandThreads(std::shared_ptr<Strand> strand) : strand_(std::move(strand)) {}
  JobTaker& taker() const { return *strand_; }

 private:
  std::shared_ptr<Strand> strand_;
};

}  // namespace aio::detail
