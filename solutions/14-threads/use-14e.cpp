// use-14e: many commands, and what they say. A semaphore is the limit, a process group what is
// killed.

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <signal.h>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/process.hpp>
#include <aio/semaphore.hpp>
#include <aio/support/errors.hpp>
#include <aio/wait_for.hpp>

#include "run_all.hpp"

namespace {

void kill_all(const aio::Process& process) {
  try {
    process.signal_group(SIGKILL);
  } catch (const std::system_error&) {  // the last of them has just ended
  }
}

}  // namespace

//: use-14e a turn for each, then communicate() within the limit; otherwise kill the whole group
aio::Coro<std::vector<Ran>> run_all(std::vector<std::string> commands, std::size_t at_once,
                                    aio::Delay limit) {
  aio::Semaphore turns(static_cast<long>(at_once));
  aio::ProcessOptions options;
  options.input = aio::Stdio::null;
  options.output = aio::Stdio::pipe;
  options.errors = aio::Stdio::merged;
  options.new_group = true;
  const auto run = [&](std::string command) -> aio::Coro<Ran> {
    const aio::Semaphore::Guard turn = co_await turns.scoped();
    const aio::Process process = co_await aio::create_subprocess_shell(command, options);
    Ran ran;
    aio::ProcessOutput said;
    try {
      said = co_await aio::wait_for(process.communicate(), limit);
    } catch (const aio::TimeoutError&) {
      ran.too_long = true;
    }
    if (ran.too_long) {
      kill_all(process);
      said = co_await process.communicate();  // with what had been read before
    }
    ran.output = said.output;
    ran.returncode = said.returncode;
    co_return ran;
  };
  const auto run_or_say_why = [&](std::string command) -> aio::Coro<Ran> {
    Ran failed;
    try {
      co_return co_await run(command);
    } catch (const std::system_error& error) {
      failed.output = error.what();
    }
    failed.returncode = 127;
    co_return failed;
  };
  std::vector<aio::Coro<Ran>> all;
  for (const std::string& command : commands) all.push_back(run_or_say_why(command));
  co_return co_await aio::gather(std::move(all));
}
