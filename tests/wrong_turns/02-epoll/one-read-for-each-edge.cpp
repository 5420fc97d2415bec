// Name: One read for each edge
// Says: you read once for each edge, so what does not fit the buffer stays where it is
// From: the most frequent bug with EPOLLET: a connection that falls silent under load
// Caught-by: Fix2c_EdgeTriggered.CollectsMoreThanItsBufferHolds,
//   Fix2c_EdgeTriggered.CollectsAllThatAPipeHolds

void Collector::on_ready() {
  std::array<char, 16> buffer;
  ssize_t count = 0;
  count = read(fd_, buffer.data(), buffer.size());
  if (count > 0) text_.append(buffer.data(), static_cast<std::size_t>(count));
  if (count == 0) ended_ = true;
}
