// Name: A short write taken for a long one
// Says: your stream takes what send() was given for what it has sent
// Caught-by: Step5_Write.KeepsWhatTheKernelDoesNotTake

//: 12.5
inline std::size_t StreamState::send_some(std::string_view data) {
  std::size_t sent = 0;
  while (sent < data.size()) {
    const std::string_view rest = data.substr(sent);
    const ssize_t count = ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      sent = data.size();
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      fail(std::error_code(errno, std::generic_category()));
      break;
    }
  }
  return sent;
}
