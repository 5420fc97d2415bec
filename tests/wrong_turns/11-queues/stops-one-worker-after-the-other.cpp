// Name: Waiting for one worker after the other
// Says: when your stop() is cancelled, only the worker that it awaits hears of it; the others go on
//   without a runner
// Caught-by: Use11d_Jobs.WorkersAndJobsHaveEndedWheneverStopIsCancelled

//: use-11d
aio::Coro<> JobRunner::stop() {
  entries_.shutdown();
  for (const aio::Task<>& worker : workers_) co_await worker;
}
