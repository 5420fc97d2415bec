#pragma once
// Lesson 07, task: coroutines that the loop runs. One noun in each header.

#include <aio/debug/mode.hpp>
#include <aio/debug/trace_file.hpp>
#include <aio/future_waiter.hpp>
#include <aio/runner.hpp>
#include <aio/sleep.hpp>
#include <aio/task/awaitable.hpp>
#include <aio/task/create_task.hpp>
#include <aio/task/service.hpp>
#include <aio/task/task_ref.hpp>
#include <aio/task/tree.hpp>
#include <aio/task/waiter.hpp>
#include <aio/task_base.hpp>

namespace aio::layers {
inline constexpr const char* task = __FILE__;  // which copy was compiled; the tests print it
}
