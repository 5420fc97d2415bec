// Name: Delivering to nobody
// Says: you set the result of a future that was cancelled meanwhile; that throws, and ends the
//   worker
// Caught-by: Use11d_Jobs.AResultThatNobodyWantsIsDropped

//: use-11d
aio::Coro<> JobRunner::run(Entry entry) {
  if (entry.result.done()) co_return;
  try {
    std::string text = co_await entry.job();
    entry.result.set_result(std::move(text));
  } catch (const std::exception&) {
    entry.result.set_exception(std::current_exception());
  } catch (const aio::CancelledError&) {
    if (aio::current_task().cancelling() > 0) throw;  // it is the worker that has to stop
    entry.result.cancel();
  }
}
