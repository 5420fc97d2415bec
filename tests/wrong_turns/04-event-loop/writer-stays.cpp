// Name: A writer with nothing to write
// Says: your writer stays registered although there is nothing to write, and the loop never sleeps
// From: pikiwidb, whose threads spun on a writable socket (OpenAtomFoundation/pikiwidb#251)
// Caught-by: Fix4b_Outbox.ItIsQuietAgainAfterTheLastByte

void Outbox::send_some() {
  const ssize_t sent = ::send(fd_, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
  if (sent == -1 && errno == EAGAIN) return;
  if (sent == -1) {
    bytes_.clear();  // the other end is gone: nobody will ever read them
  } else {
    bytes_.erase(0, static_cast<std::size_t>(sent));
  }
}
