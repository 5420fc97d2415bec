// Name: Looks only for the end
// Says: your is_quiet() takes bytes that nobody asked for for silence
// Caught-by: Step4_Take.LooksBeforeItGivesOneOut

//: 13.4
inline bool PooledConnection::is_quiet() {
  char byte;
  if (channel().is_closing() || ended_) return false;
  const ssize_t count = ::recv(channel().stream().fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count > 0 || (count == -1 && (errno == EAGAIN || errno == EWOULDBLOCK));
}
