// Name: A larger buffer
// Says: you made the buffer larger, and there can always be more than it holds
// Caught-by: Fix2c_EdgeTriggered.CollectsAllThatAPipeHolds

void Collector::on_ready() {
  std::array<char, 4096> buffer;
  ssize_t count = 0;
  count = read(fd_, buffer.data(), buffer.size());
  if (count > 0) text_.append(buffer.data(), static_cast<std::size_t>(count));
  if (count == 0) ended_ = true;
}
