// use-8b: the fastest mirror. Take the first success, stop the others, and wait for them.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <aio/as_completed.hpp>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

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

//: use-8b take tasks as they are done: the first good one, or the last; then stop the others
aio::Coro<aio::Task<std::string>> first_success(Asked asked) {
  const StopAtTheEnd stop(asked);
  auto all = aio::as_completed(asked);
  for (;;) {
    aio::Task<std::string> task = co_await all.next_task();
    const bool good = !task.cancelled() && task.exception() == nullptr;
    if (good || !all) co_return task;
  }
}

}  // namespace

//: use-8b start all mirrors and the one who takes the first; wait until all of them have ended
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("fastest: there is no mirror");
  Asked asked;
  for (auto& mirror : mirrors) asked.push_back(aio::create_task(std::move(mirror)));
  const auto first = aio::create_task(first_success(asked));
  co_await aio::gather(aio::return_exceptions, first, aio::gather(aio::return_exceptions, asked));
  co_return first.result().result();
}
