// Name: A failure taken for the end
// Says: one try is around get() and handle(): a QueueShutDown that handle() throws ends the
//   consumer
// Caught-by: Use11c_Mill.AFailureThatLooksLikeTheEndIsAFailure

//: use-11c
aio::Coro<> consume(aio::Queue<int>& queue, const Handle& handle, Tally& tally) {
  for (;;) {
    std::optional<int> item;
    try {
      item = co_await queue.get();
      co_await handle(*item);
      ++tally.handled;
    } catch (const aio::QueueShutDown&) {
      co_return;
    } catch (const std::exception&) {
      ++tally.failed;
    }
  }
}
