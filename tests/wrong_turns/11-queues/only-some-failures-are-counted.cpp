// Name: Counting only what is a std::exception
// Says: a handle that throws something else ends your consumer; when all have ended, nobody takes
//   any more
// Caught-by: Use11c_Mill.WhateverIsThrownIsAFailure

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
    } catch (const std::exception&) {
      ++tally.failed;
    }
  }
}
