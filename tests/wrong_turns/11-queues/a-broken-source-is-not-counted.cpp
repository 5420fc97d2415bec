// Name: A broken source that nobody counts
// Says: what a source throws leaves its reader, and gather() keeps it: nobody counts the source
// Caught-by: Use11c_Mill.ABrokenSourceIsCountedAndTheOthersGoOn

//: use-11c
aio::Coro<> read(Source source, aio::Queue<int>& queue, Tally& tally) {
  (void)tally;
  for (;;) {
    const std::optional<int> item = co_await source();
    if (!item || aio::current_task().cancelling() > 0) co_return;
    co_await queue.put(*item);
  }
}
