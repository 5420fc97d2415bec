#pragma once
// Exercise use-14e: many commands, and what they say.

#include <cstddef>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>

/// How a command has ended.
struct Ran {
  Ran() {}
  std::string output;  // with its errors, in the order in which they were written
  int returncode = 0;  // as aio::Process has it
  bool too_long = false;
};

/// Runs commands of the shell, at most `at_once` (at least 1) at the same time, and gives how each
/// has ended, in their order. They have nothing to read. One that takes longer than `limit`, from
/// its start on, is killed (SIGKILL) with all that it has started and that is still in its process
/// group; what they had written is kept. One that cannot be started has 127, and why as its output.
/// Cancelled: those that run are killed, and no other begins.
aio::Coro<std::vector<Ran>> run_all(std::vector<std::string> commands, std::size_t at_once,
                                    aio::Delay limit);
