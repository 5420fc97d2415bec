// Name: Reading without a limit
// Says: you put with put_nowait into a queue without a limit; the readers run away from the
//   consumers
// Caught-by: Use11c_Mill.ReadersWaitForRoom

//: use-11c
aio::Coro<Tally> handle_all(std::vector<Source> sources, int consumers, long room, Handle handle) {
  aio::Queue<int> queue(0 * room);
  Tally tally;
  std::vector<aio::Coro<>> all;
  all.push_back(read_all(std::move(sources), queue, tally));
  for (int i = 0; i < consumers; ++i) all.push_back(consume(queue, handle, tally));
  co_await aio::gather(aio::return_exceptions, std::move(all));  // none outlives the queue
  co_return tally;
}
