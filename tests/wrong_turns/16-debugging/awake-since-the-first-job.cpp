// Name: Awake since the first job
// Says: your event is never cleared: since the first job your task looks in each iteration again
// Caught-by: Fix16h_Spooler.CostsNothingAfterAJobEither

struct Jobs {
  aio::Coro<Job> next() {
    co_await some_.wait();
    while (empty()) co_await aio::sleep(std::chrono::seconds(0));
    co_return take();
  }
};
