// use-9c: a hundred requests. Some workers take one after the other; two limits, one deadline.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>

#include "survey.hpp"

namespace {

using Answer = std::optional<std::string>;

/// What the workers share; lives in survey()'s frame.
struct Sheet {
  std::vector<aio::Coro<std::string>> requests;
  aio::Delay each;
  aio::Clock::time_point end;
  std::vector<Answer> answers;
  std::size_t next = 0;
};

//: use-9c one request, until its own limit or the end, whichever comes first
aio::Coro<Answer> ask(aio::Coro<std::string> request, aio::Clock::time_point deadline) {
  try {
    co_return co_await aio::timeout_at(deadline, [&request] { return std::move(request); });
  } catch (const aio::CancelledError&) {
    if (aio::current_task().cancelling() > 0) throw;  // not the request: we are to stop
    co_return std::nullopt;
  } catch (...) {
    co_return std::nullopt;
  }
}

//: use-9c take the next request that nobody has taken, while there is time
aio::Coro<> work(Sheet& sheet) {
  while (sheet.next < sheet.requests.size() && aio::current_task().cancelling() == 0) {
    const auto now = aio::running_loop().time();
    if (now >= sheet.end) co_return;
    const std::size_t mine = sheet.next++;
    const auto deadline = std::min(sheet.each.after(now), sheet.end);
    sheet.answers[mine] = co_await ask(std::move(sheet.requests[mine]), deadline);
  }
}

}  // namespace

//: use-9c as many workers as may run at once, and wait for all of them
aio::Coro<std::vector<std::optional<std::string>>> survey(
    std::vector<aio::Coro<std::string>> requests, Limits limits) {
  const auto end = limits.total.after(aio::running_loop().time());
  const std::size_t size = requests.size();
  Sheet sheet{std::move(requests), limits.each, end, std::vector<Answer>(size)};
  std::vector<aio::Coro<>> workers;
  for (std::size_t i = 0; i < limits.at_once; ++i) workers.push_back(work(sheet));
  co_await aio::gather(aio::return_exceptions, std::move(workers));  // none outlives the sheet
  co_return std::move(sheet.answers);
}
