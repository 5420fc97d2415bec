// Name: One source after the other
// Says: you read a source to its end before you begin with the next
// Caught-by: Use11c_Mill.SourcesAreReadSideBySide

//: use-11c
aio::Coro<> read_all(std::vector<Source> sources, aio::Queue<int>& queue, Tally& tally) {
  for (Source& source : sources) co_await read(std::move(source), queue, tally);
  queue.shutdown();
}
