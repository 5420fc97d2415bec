// Name: The first end is the end
// Says: you shut the queue down when the first source has ended; the others cannot put what they
//   still have
// Caught-by: Use11c_Mill.ASlowSourceIsWaitedFor

//: use-11c
aio::Coro<> read(Source source, aio::Queue<int>& queue, Tally& tally) {
  try {
    for (;;) {
      const std::optional<int> item = co_await source();
      if (!item) {
        queue.shutdown();
        co_return;
      }
      co_await queue.put(*item);
    }
  } catch (const std::exception&) {
    ++tally.broken_sources;
  }
}
