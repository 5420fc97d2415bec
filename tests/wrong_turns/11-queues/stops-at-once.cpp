// Name: Stopping at once
// Says: your stop() drops the jobs that are queued; who waits for their results waits for ever
// Caught-by: Use11d_Jobs.StopDoesWhatIsQueuedAndTakesNothingMore

//: use-11d
aio::Coro<> JobRunner::stop() {
  entries_.shutdown(true);
  for (const aio::Task<>& worker : workers_) co_await worker;
}
