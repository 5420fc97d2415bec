#pragma once
// Lesson 16, debug: see what a loop does, in a program that runs.
//
// Stands on tasks (07), and is told by hooks of the layers below, which know nothing of it.
//  - dump_tasks() tells who waits for whom; so do SIGQUIT and ./learn ps, from outside.
//  - LoopStatistics counts.

#include <aio/debug/mode.hpp>
#include <aio/debug/statistics.hpp>
#include <aio/task.hpp>

namespace aio::layers {
inline constexpr const char* debug = __FILE__;  // which copy was compiled; the tests print it
}
