// Name: A plain gather of those who use the queue
// Says: your handle_all(), when it is cancelled, ends with its first task, while others still use
//   the queue
// Caught-by: Use11c_Mill.EverythingHasEndedWheneverItIsCancelled

//: use-11c
aio::Coro<Tally> handle_all(std::vector<Source> sources, int consumers, long room, Handle handle) {
  aio::Queue<int> queue(room);
  Tally tally;
  std::vector<aio::Coro<>> all;
  all.push_back(read_all(std::move(sources), queue, tally));
  for (int i = 0; i < consumers; ++i) all.push_back(consume(queue, handle, tally));
  co_await aio::gather(std::move(all));
  co_return tally;
}
