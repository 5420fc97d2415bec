// Name: A signal for a broken pipe
// Says: your send() raises SIGPIPE when the other side is gone, which kills the program
// Caught-by: Step6_End.ABrokenPipeIsAnErrorNotASignal

//: 12.5
inline std::size_t StreamState::send_some(std::string_view data) {
  std::size_t sent = 0;
  while (sent < data.size()) {
    const std::string_view rest = data.substr(sent);
    const ssize_t count = ::send(fd_.get(), rest.data(), rest.size(), 0);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      fail(std::error_code(errno, std::generic_category()));
      break;
    }
  }
  return sent;
}
