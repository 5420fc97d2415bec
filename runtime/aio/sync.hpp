#pragma once
// Lesson 10, sync: tasks that wait for each other. One noun in each header.

#include <aio/barrier.hpp>
#include <aio/condition.hpp>
#include <aio/event.hpp>
#include <aio/lock.hpp>
#include <aio/semaphore.hpp>

namespace aio::layers {
inline constexpr const char* sync = __FILE__;  // which copy was compiled; the tests print it
}
