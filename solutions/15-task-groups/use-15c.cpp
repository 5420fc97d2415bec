// use-15c: many pages, or the reason why not. A group with a limit, and one error out of its group.

#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "all_or_nothing.hpp"

//: use-15c a group in which so many run at once; results in order, or the first error alone
aio::Coro<std::vector<std::string>> fetch_all(std::vector<std::string> pages, Fetch fetch,
                                              std::size_t at_once) {
  std::vector<aio::Task<std::string>> tasks;
  const auto start_all = [&](aio::TaskGroup& group) -> aio::Coro<> {
    for (const std::string& page : pages) tasks.push_back(group.create_task(fetch(page)));
    co_return;
  };
  aio::TaskGroup group{aio::AtMost(at_once)};
  std::exception_ptr first;
  try {
    co_await aio::task_group(group, start_all);
  } catch (const aio::ExceptionGroup& failures) {
    first = failures.exceptions.front();
  }
  if (first != nullptr) std::rethrow_exception(first);
  std::vector<std::string> texts;
  for (aio::Task<std::string>& task : tasks) texts.push_back(std::move(task).result());
  co_return texts;
}
