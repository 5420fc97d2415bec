// Name: Working for nobody
// Says: you begin a job although its future was cancelled before its turn
// Caught-by: Use11d_Jobs.AJobThatNobodyWantsIsSkipped

//: use-11d
aio::Coro<> JobRunner::run(Entry entry) {
  try {
    std::string text = co_await entry.job();
    if (!entry.result.done()) entry.result.set_result(std::move(text));
  } catch (const aio::CancelledError&) {
    entry.result.cancel();
    if (aio::current_task().cancelling() > 0) throw;  // it is the worker that has to stop
  } catch (...) {
    if (!entry.result.done()) entry.result.set_exception(std::current_exception());
  }
}
