// Name: What it had said is lost
// Says: what a command had written before it was killed is thrown away
// Caught-by: Use14e_RunAll.OneThatTakesTooLongIsKilled

//: use-14e
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
      process.signal_group(SIGKILL);
      said.returncode = co_await process.wait();
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
