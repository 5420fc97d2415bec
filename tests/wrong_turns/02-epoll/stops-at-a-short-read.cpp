// Name: Stopping at a short read
// Says: you stop when a read does not fill the buffer, and miss an end that came with it
// From: epoll(7) allows it for streams; it is right only with EPOLLRDHUP beside it
// Caught-by: Fix2c_EdgeTriggered.SeesAnEndThatCameTogetherWithTheLastBytes

void Collector::on_ready() {
  std::array<char, 16> buffer;
  ssize_t count = 0;
  do {
    count = read(fd_, buffer.data(), buffer.size());
    if (count > 0) text_.append(buffer.data(), static_cast<std::size_t>(count));
  } while (count == std::ssize(buffer));
  if (count == 0) ended_ = true;
}
