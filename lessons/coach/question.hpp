#pragma once
// Asks a program that runs what the tasks of its loops wait for. The program's side is
// <aio/event_loop/inquiry.hpp>.

#include <string>
#include <vector>

#include <sys/types.h>

namespace coach {

/// What each loop of the process answers: "loop 1 of 1 in process 4711:" and a line for each task.
/// Throws Mistake when there is no such process, when it belongs to somebody else or runs no loop,
/// and when no loop answers within two seconds.
std::vector<std::string> ask_for_tasks(pid_t process, bool as_tree);

}  // namespace coach
