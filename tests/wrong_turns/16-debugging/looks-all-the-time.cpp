// Name: Looks all the time
// Says: your task looks in each iteration whether there is something to do, and keeps the loop
//   awake
// Caught-by: Fix16h_Spooler.CostsNothingWhereThereIsNoJob

struct Jobs {
  aio::Coro<Job> next() {
    while (empty()) co_await aio::sleep(std::chrono::seconds(0));
    co_return take();
  }
};
