#pragma once
// Lesson 16, debug: see what a loop does, in a program that runs.
//
// Stands on tasks (07), and is told by hooks of the layers below, which know nothing of it.
//  - dump_tasks() tells who waits for whom; so do SIGQUIT and ./learn ps, from outside.
//  - LOOPWRIGHT_DEBUG=1: a loop in debug mode warns of what is wrong in most programs.
//  - LoopStatistics counts.
//  - Trace, and LOOPWRIGHT_TRACE=FILE: a record of who ran when, and who woke whom.

#include <aio/debug/mode.hpp>
#include <aio/debug/statistics.hpp>
#include <aio/debug/trace.hpp>
#include <aio/debug/trace_file.hpp>
#include <aio/task.hpp>

namespace aio::layers {
inline constexpr const char* debug = __FILE__;  // which copy was compiled; the tests print it
}
