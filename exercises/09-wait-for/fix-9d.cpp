// Exercise fix-9d. Check it with: ./learn check fix-9d
// fix-9d: an answer in time, or none; and no task that goes on without anybody.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>
#include <aio/wait.hpp>
#include <aio/wait_for.hpp>

#include "lookup.hpp"

aio::Coro<std::optional<std::string>> answer_within(aio::Coro<std::string> work, aio::Delay limit) {
  const auto task = aio::create_task(std::move(work));
  const std::vector all(1, task);
  co_await aio::wait(all, aio::ReturnWhen::all_completed, limit);
  if (!task.done()) co_return std::nullopt;
  co_return task.result();
}
