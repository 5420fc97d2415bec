// Name: A broken source stops it all
// Says: a source that throws leaves through your gather, the queue is never shut down, and the
//   consumers wait for ever
// Caught-by: Use11c_Mill.ABrokenSourceIsCountedAndTheOthersGoOn

//: use-11c
aio::Coro<> read_all(std::vector<Source> sources, aio::Queue<int>& queue, Tally& tally) {
  std::vector<aio::Coro<>> readers;
  for (Source& source : sources) readers.push_back(read(std::move(source), queue, tally));
  co_await aio::gather(std::move(readers));
  if (tally.broken_sources == 0) queue.shutdown();
}
