#pragma once
// Commands on the event loop: within their limits, and with all that they start.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/task.hpp>

namespace coach {

/// What to run, and within what limits.
struct Command {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;  // added to ours
  std::optional<std::chrono::seconds> limit;  // then it is killed with all its children
  std::function<void(std::string_view line)> on_line;
  bool inherit_output = false;   // writes where we write, reads where we read
  bool shares_terminal = false;  // and gets Ctrl-C and Ctrl-Z with us, like an editor
};

/// How a child ended.
struct Outcome {
  int status = 0;  // exit status, or 128 + signal
  int signal = 0;  // 0: it exited by itself
  bool timed_out = false;
  std::string output;  // stdout and stderr together; of very long output the ends
};

/// Runs a command to its end. When it is cancelled, or takes too long, the child is killed together
/// with everything that it has started. Throws std::system_error if it cannot be started.
aio::Coro<Outcome> run_command(Command command);
/// Starts what is the learner's, such as an editor: it goes on when we end. Returns when it has
/// begun, with 0 if it could be tried.
aio::Coro<int> let_go(std::vector<std::string> argv);

/// Runs a coroutine on a loop. SIGINT and SIGTERM cancel it, so that children are killed.
/// Throws Interrupted then.
int run_interruptible(aio::Coro<int> main);

struct Interrupted {
  int signal;
};

}  // namespace coach
