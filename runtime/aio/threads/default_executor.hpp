#pragma once
// The executor behind to_thread(): one for each loop, made when it is first used.

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <aio/threads.hpp>
#include <aio/threads/executor.hpp>

namespace aio {

namespace detail {

/// The loop's executor, and those that it had before: run() waits for the jobs of all of them.
class DefaultExecutor final : public Service {
 public:
  explicit DefaultExecutor(EventLoop&) {}

  const Executor& current() {
    if (all_.empty()) all_.emplace_back();
    return all_.back();
  }
  void replace(Executor executor) { all_.push_back(std::move(executor)); }

  Coro<> end() override {
    for (std::size_t i = 0; i < all_.size(); ++i) {  // callbacks may still add one
      const Executor each = all_[i];
      co_await each.shutdown();
    }
  }
  std::string describe() const override { return "jobs of to_thread()"; }

 private:
  std::vector<Executor> all_;
};

/// The running loop's executor, asked for when it is used.
struct DefaultThreads {
  static JobTaker& taker() {
    return running_loop().attachment<DefaultExecutor>().current().taker();
  }
};

}  // namespace detail

inline void set_default_executor(Executor executor) {
  executor.check();
  running_loop().attachment<detail::DefaultExecutor>().replace(std::move(executor));
}

template <class Call, class... Args>
auto to_thread(Call&& call, Args&&... args)
    -> Coro<std::invoke_result_t<std::decay_t<Call>, std::decay_t<Args>...>> {
  detail::require_named<Call, Args...>();
  return detail::call_on<detail::DefaultThreads, std::decay_t<Call>, std::decay_t<Args>...>(
      {}, std::forward<Call>(call), std::forward<Args>(args)...);
}

}  // namespace aio
