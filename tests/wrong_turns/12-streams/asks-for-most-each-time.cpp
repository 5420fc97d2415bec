// Name: A buffer that holds more than it needs
// Says: your read_once() asks for `most` bytes, whatever the buffer has already
// Caught-by: Step3_Read.TheBufferHoldsNoMoreThanMost

//: 12.3
inline void StreamState::read_once(std::size_t most) {
  static thread_local const auto room = std::make_unique<std::array<char, 64 * 1024>>();
  const std::size_t asked = std::min(room->size(), most);
  const ssize_t count = receive(room->data(), asked);
  if (count > 0) {
    const auto got = static_cast<std::size_t>(count);
    in_.append({room->data(), got});
    if (got < asked && !no_more_) readable_ = false;
  } else if (count == 0) {
    ended_ = true;
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    readable_ = false;
  } else if (errno != EINTR) {
    fail(std::error_code(errno, std::generic_category()));
  }
}
