// Name: A turn for the others
// Says: you give the others a turn, and read on although the other side is not ready
// Caught-by: Fix12b_SlowReader.LittleWaitsInMemory

//: fix-12b
aio::Coro<std::size_t> forward(aio::Stream& from, aio::Stream& to) {
  std::size_t count = 0;
  while (true) {
    const std::string bytes = co_await from.read();
    if (bytes.empty()) break;
    to.write(bytes);
    count += bytes.size();
    co_await aio::sleep(std::chrono::seconds(0));
  }
  to.write_eof();
  co_return count;
}
