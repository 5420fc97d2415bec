// Name: The worker cannot be stopped
// Says: your worker takes every CancelledError for the result of its job, also a request that the
//   worker itself shall stop
// Caught-by: Use11d_Jobs.AWorkerThatIsCancelledEnds,
//   Use11d_Jobs.WorkersAndJobsHaveEndedWheneverStopIsCancelled

//: use-11d
aio::Coro<> JobRunner::work() {
  try {
    for (;;) {
      Entry entry = co_await entries_.get();
      co_await run(std::move(entry));
    }
  } catch (const aio::QueueShutDown&) {
  }
}

//: use-11d
aio::Coro<> JobRunner::run(Entry entry) {
  if (entry.result.done()) co_return;
  try {
    std::string text = co_await entry.job();
    if (!entry.result.done()) entry.result.set_result(std::move(text));
  } catch (const aio::CancelledError&) {
    entry.result.cancel();
  } catch (...) {
    if (!entry.result.done()) entry.result.set_exception(std::current_exception());
  }
}
