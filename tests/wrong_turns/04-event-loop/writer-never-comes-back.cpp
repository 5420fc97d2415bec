// Name: A writer that never comes back
// Says: your writer is removed when everything is sent, and nobody registers it for the next
//   message
// Caught-by: Fix4b_Outbox.AfterAPauseItSendsAgain

Outbox::Outbox(aio::EventLoop& loop, int fd) : loop_(loop), fd_(fd) {
  loop_.add_writer(fd_, [this] { send_some(); });
}

void Outbox::send(std::string_view bytes) { bytes_ += bytes; }
