// Name: A failure ends the consumer
// Says: a handle that throws takes its consumer along; when all of them have gone, nobody takes
//   what is left
// Caught-by: Use11c_Mill.AFailureIsCountedAndTheOthersGoOn

//: use-11c
aio::Coro<> consume(aio::Queue<int>& queue, const Handle& handle, Tally& tally) {
  while (aio::current_task().cancelling() == 0) {
    std::optional<int> item;
    try {
      item = co_await queue.get();
    } catch (const aio::QueueShutDown&) {
      co_return;
    }
    try {
      co_await handle(*item);
      ++tally.handled;
    } catch (const aio::CancelledError&) {
      if (aio::current_task().cancelling() > 0) throw;
      ++tally.failed;
    } catch (...) {
      ++tally.failed;
      co_return;
    }
  }
}
