// Name: One end for all of them
// Says: you put one special item for the end; one consumer takes it and goes, the others wait for
//   ever
// Caught-by: Use11c_Mill.EveryItemIsHandledOnceAndThenItEnds

//: use-11c
aio::Coro<> read_all(std::vector<Source> sources, aio::Queue<int>& queue, Tally& tally) {
  std::vector<aio::Coro<>> readers;
  for (Source& source : sources) readers.push_back(read(std::move(source), queue, tally));
  co_await aio::gather(std::move(readers));
  co_await queue.put(-1);
}

//: use-11c
aio::Coro<> consume(aio::Queue<int>& queue, const Handle& handle, Tally& tally) {
  for (;;) {
    std::optional<int> item;
    try {
      item = co_await queue.get();
    } catch (const aio::QueueShutDown&) {
      co_return;
    }
    if (*item == -1) co_return;
    try {
      co_await handle(*item);
      ++tally.handled;
    } catch (const std::exception&) {
      ++tally.failed;
    }
  }
}
