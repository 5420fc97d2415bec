// Name: One that cannot start ends it all
// Says: your run_all() throws when one command cannot be started, and the results of all are lost
// Caught-by: Use14e_RunAll.OneThatCannotBeStartedIsAResult

//: use-14e
aio::Coro<std::vector<Ran>> run_all(std::vector<std::string> commands, std::size_t at_once,
                                    aio::Delay limit) {
  using Turns = std::shared_ptr<aio::Semaphore>;
  // Everything by value: a cancelled gather() does not wait for its children.
  const auto run = [](Turns turns, std::string command, aio::Delay most) -> aio::Coro<Ran> {
    const aio::Semaphore::Guard turn = co_await turns->scoped();
    aio::ProcessOptions options;
    options.input = aio::Stdio::null;
    options.output = aio::Stdio::pipe;
    options.errors = aio::Stdio::merged;
    options.new_group = true;
    Ran ran;
    const aio::Process process = co_await aio::create_subprocess_shell(command, options);
    aio::ProcessOutput said;
    try {
      said = co_await aio::wait_for(process.communicate(), most);
    } catch (const aio::TimeoutError&) {
      ran.too_long = true;
    }
    if (ran.too_long) {
      try {
        process.signal_group(SIGKILL);      // also when only the shell has ended
      } catch (const std::system_error&) {  // the last of them has just ended
      }
      said = co_await process.communicate();  // with what had been read before
    }
    ran.output = said.output;
    ran.returncode = said.returncode;
    co_return ran;
  };
  const auto turns = std::make_shared<aio::Semaphore>(static_cast<long>(at_once));
  std::vector<aio::Coro<Ran>> all;
  for (const std::string& command : commands) all.push_back(run(turns, command, limit));
  co_return co_await aio::gather(std::move(all));
}
