// use-8b: the fastest mirror. Take the first success, then stop the others and wait for them.

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <aio/as_completed.hpp>
#include <aio/coro.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

#include "mirrors.hpp"

namespace {

using Asked = std::vector<aio::Task<std::string>>;

/// Asks tasks to stop when it goes out of scope, however that happens.
class StopAtTheEnd {
 public:
  explicit StopAtTheEnd(const Asked& asked) : asked_(asked) {}
  StopAtTheEnd(const StopAtTheEnd&) = delete;
  StopAtTheEnd& operator=(const StopAtTheEnd&) = delete;
  ~StopAtTheEnd() {
    for (const auto& task : asked_) task.cancel();
  }

 private:
  const Asked& asked_;
};

//: use-8b take tasks as they are done: the first good one, or rethrow the last failure
aio::Coro<aio::Task<std::string>> first_success(Asked asked) {
  auto all = aio::as_completed(asked);
  for (;;) {
    aio::Task<std::string> task = co_await all.next_task();
    const bool good = !task.cancelled() && task.exception() == nullptr;
    if (good || !all) co_return task;
  }
}

}  // namespace

//: use-8b start all mirrors, find the first good one, stop the others and wait for them
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("fastest: there is no mirror");
  Asked asked;
  for (auto& mirror : mirrors) asked.push_back(aio::create_task(std::move(mirror)));
  const StopAtTheEnd stop(asked);
  const aio::Task<std::string> winner = co_await first_success(asked);
  for (const auto& task : asked) task.cancel();
  co_await aio::wait(asked);
  for (const auto& task : asked) {
    if (!task.cancelled()) (void)task.exception();  // seen: a loser may have failed meanwhile
  }
  co_return winner.result();
}
