// Name: A failure ends the worker
// Says: a job that throws ends the worker that does it; the jobs behind it wait for ever
// Caught-by: Use11d_Jobs.AFailureIsAResultAndTheWorkerGoesOn

//: use-11d
aio::Coro<> JobRunner::run(Entry entry) {
  if (entry.result.done()) co_return;
  try {
    std::string text = co_await entry.job();
    if (!entry.result.done()) entry.result.set_result(std::move(text));
  } catch (const std::exception&) {
    if (!entry.result.done()) entry.result.set_exception(std::current_exception());
    throw;
  } catch (const aio::CancelledError&) {
    if (aio::current_task().cancelling() > 0) throw;  // it is the worker that has to stop
    entry.result.cancel();
  }
}
