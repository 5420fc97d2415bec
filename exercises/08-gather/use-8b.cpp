// Exercise use-8b. Check it with: ./learn check use-8b
// use-8b: the fastest mirror. Take the first success, stop the others, and wait for them.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <aio/as_completed.hpp>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

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
  AIO_TODO("use-8b",
           "take tasks as they are done: the first good one, or the last; then stop the others");
}

}  // namespace

//: use-8b start all mirrors and the one who takes the first; wait until all of them have ended
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  AIO_TODO("use-8b",
           "start all mirrors and the one who takes the first; wait until all of them have ended");
}
