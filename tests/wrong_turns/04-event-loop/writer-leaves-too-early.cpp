// Name: A writer that leaves after one send
// Says: your writer is removed after its first send, and the rest of a long message never leaves
// Caught-by: Fix4b_Outbox.WhatDoesNotFitIsSentLater

void Outbox::send_some() {
  const ssize_t sent = ::send(fd_, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
  if (sent == -1 && errno == EAGAIN) return;
  if (sent == -1) {
    bytes_.clear();  // the other end is gone: nobody will ever read them
  } else {
    bytes_.erase(0, static_cast<std::size_t>(sent));
  }
  loop_.remove_writer(fd_);
}
