// Name: A single send
// Says: your send_some() calls send() once, and leaves the rest although the kernel may have room
// Caught-by: Step5_Write.SendsOnAfterAPart

//: 12.5
inline std::size_t StreamState::send_some(std::string_view data) {
  while (true) {
    const ssize_t count = transmit(data);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    fail(std::error_code(errno, std::generic_category()));
    return 0;
  }
}
