// Exercise use-9b. Check it with: ./learn check use-9b
// use-9b: try again. A limit for each try, and pauses that grow and differ.

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>
#include <aio/support/todo.hpp>

#include "retry.hpp"

namespace {

//: use-9b pick a part of the pause, between half of it and all of it
std::chrono::nanoseconds with_jitter(std::chrono::nanoseconds pause, std::mt19937& random) {
  AIO_TODO("use-9b", "pick a part of the pause, between half of it and all of it");
}

}  // namespace

//: use-9b try, pause, try again; a request to stop is no failure
aio::Coro<std::string> retry(std::function<aio::Coro<std::string>()> attempt, Backoff backoff,
                             std::mt19937& random) {
  AIO_TODO("use-9b", "try, pause, try again; a request to stop is no failure");
}
