// Exercise use-15c. Check it with: ./learn check use-15c
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
#include <aio/support/todo.hpp>

#include "all_or_nothing.hpp"

//: use-15c a group in which so many run at once; results in order, or the first error alone
aio::Coro<std::vector<std::string>> fetch_all(std::vector<std::string> pages, Fetch fetch,
                                              std::size_t at_once) {
  AIO_TODO("use-15c",
           "a group in which so many run at once; results in order, or the first error alone");
}
