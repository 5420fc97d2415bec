#pragma once
// A job that calls a function, and the task that waits for it on the loop.

#include <exception>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include <aio/threads.hpp>

namespace aio::detail {

/// A job that calls a function, and keeps what it leaves behind.
template <class Call, class... Args>
class CallJob final : public Job {
 public:
  using R = std::invoke_result_t<Call, Args...>;
  CallJob(Call call, Args... args)
      : Job(LoopDoor::here()), call_(std::move(call)), args_(std::move(args)...) {}
  void work() noexcept override;

  Result<R> result;

 private:
  Call call_;
  std::tuple<Args...> args_;
};

template <class Call, class... Args>
void CallJob<Call, Args...>::work() noexcept {
  try {
    if constexpr (std::is_void_v<R>) {
      std::apply(std::move(call_), std::move(args_));
      result.emplace();
    } else if constexpr (std::is_reference_v<R>) {
      result.emplace(&std::apply(std::move(call_), std::move(args_)));
    } else {
      result.emplace(std::apply(std::move(call_), std::move(args_)));
    }
  } catch (...) {
    result.set_exception(std::current_exception());
  }
}

/// Waits for a job, on the loop; when it goes, the job is forgotten.
class JobWaiter {
 public:
  explicit JobWaiter(std::shared_ptr<Job> job)
      : expected_(running_loop().expect_wakeup()), job_(std::move(job)) {
    job_->expect(done);
  }
  JobWaiter(const JobWaiter&) = delete;
  JobWaiter& operator=(const JobWaiter&) = delete;
  ~JobWaiter() { job_->forget(); }

  Future<> done;

 private:
  ExpectedWakeup expected_;
  std::shared_ptr<Job> job_;
};

/// Gives a call to `threads`, and waits for what it leaves. Everything by value: the coroutine may
/// begin when the caller's arguments are gone.
template <class Threads, class Call, class... Args>
Coro<std::invoke_result_t<Call, Args...>> call_on(Threads threads, Call call, Args... args) {
  const auto job = std::make_shared<CallJob<Call, Args...>>(std::move(call), std::move(args)...);
  const JobWaiter waiter(job);
  threads.taker().add(job);
  co_await waiter.done;
  co_return std::move(job->result).value();
}

}  // namespace aio::detail
