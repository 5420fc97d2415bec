// Name: One call too many
// Says: your stream calls receive() again after a short read, only to hear EAGAIN
// Caught-by: Step3_Read.AShortReadIsTheLastOne

//: 12.3
inline void StreamState::read_once(std::size_t most) {
  static thread_local const auto room = std::make_unique<std::array<char, 64 * 1024>>();
  const std::size_t asked = std::min(room->size(), most - in_.size());
  const ssize_t count = receive(room->data(), asked);
  if (count > 0) {
    const auto got = static_cast<std::size_t>(count);
    in_.append({room->data(), got});
  } else if (count == 0) {
    ended_ = true;
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    readable_ = false;
  } else if (errno != EINTR) {
    fail(std::error_code(errno, std::generic_category()));
  }
}
