// Name: Zero bytes taken for nothing yet
// Says: your stream takes the end for a socket that has nothing now
// Caught-by: Step3_Read.NoBytesAreTheEnd

//: 12.3
inline void StreamState::read_once(std::size_t most) {
  static thread_local const auto room = std::make_unique<std::array<char, 64 * 1024>>();
  const std::size_t asked = std::min(room->size(), most - in_.size());
  const ssize_t count = receive(room->data(), asked);
  if (count > 0) {
    const auto got = static_cast<std::size_t>(count);
    in_.append({room->data(), got});
    if (got < asked && !no_more_) readable_ = false;
  } else if (count == 0) {
    readable_ = false;
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    readable_ = false;
  } else if (errno != EINTR) {
    fail(std::error_code(errno, std::generic_category()));
  }
}
