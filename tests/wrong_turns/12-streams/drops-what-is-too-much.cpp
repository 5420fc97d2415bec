// Name: A stream with holes
// Says: you throw away what the other side is too slow for
// Caught-by: Fix12b_SlowReader.EverythingArrivesAndThenTheEnd

//: fix-12b
aio::Coro<std::size_t> forward(aio::Stream& from, aio::Stream& to) {
  std::size_t count = 0;
  while (true) {
    const std::string bytes = co_await from.read();
    if (bytes.empty()) break;
    count += bytes.size();
    if (to.unsent() > 64 * 1024) continue;
    to.write(bytes);
  }
  to.write_eof();
  co_return count;
}
