// Name: A cancelled job ends the worker
// Says: what a job waits for is cancelled, and your worker takes that for a request to stop
// Caught-by: Use11d_Jobs.AJobThatIsCancelledInsideIsACancelledResult

//: use-11d
aio::Coro<> JobRunner::run(Entry entry) {
  if (entry.result.done()) co_return;
  try {
    std::string text = co_await entry.job();
    if (!entry.result.done()) entry.result.set_result(std::move(text));
  } catch (const std::exception&) {
    if (!entry.result.done()) entry.result.set_exception(std::current_exception());
  } catch (const aio::CancelledError&) {
    entry.result.cancel();
    throw;
  }
}
