// Name: One for each time
// Says: your task takes one job each time it is woken, and three that come at once wake it once
// Caught-by: Fix16h_Spooler.SeveralJobsAtOnceAreAllPrinted

struct Jobs {
  aio::Coro<Job> next() {
    do {
      some_.clear();
      co_await some_.wait();
    } while (empty());
    co_return take();
  }
};
