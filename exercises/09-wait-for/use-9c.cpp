// Exercise use-9c. Check it with: ./learn check use-9c
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
#include <aio/support/todo.hpp>

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
  AIO_TODO("use-9c", "one request, until its own limit or the end, whichever comes first");
}

//: use-9c take the next request that nobody has taken, while there is time
aio::Coro<> work(Sheet& sheet) {
  AIO_TODO("use-9c", "take the next request that nobody has taken, while there is time");
}

}  // namespace

//: use-9c as many workers as may run at once, and wait for all of them
aio::Coro<std::vector<std::optional<std::string>>> survey(
    std::vector<aio::Coro<std::string>> requests, Limits limits) {
  AIO_TODO("use-9c", "as many workers as may run at once, and wait for all of them");
}
