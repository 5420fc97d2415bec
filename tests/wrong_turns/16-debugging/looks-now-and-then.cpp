// Name: Looks now and then
// Says: your task sleeps for a time and looks again: what comes meanwhile waits, and the loop wakes
//   for nothing
// Caught-by: Fix16h_Spooler.AJobIsBegunAtOnce

struct Jobs {
  aio::Coro<Job> next() {
    while (empty()) co_await aio::sleep(std::chrono::milliseconds(10));
    co_return take();
  }
};
