// Name: Always asking for writable
// Says: you watch for writing although there is nothing to send, so the server never sleeps
// Caught-by: Use2b_EchoServer.SleepsWhileNobodySends

//: use-2b
void EchoServer::accept_clients() {
  for (;;) {
    UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;  // EAGAIN: that was all. Anything else: the next wait tells
    Client& client = clients_[fd.get()];
    client.fd = std::move(fd);
    client.interest = Interest::read | Interest::write;
    poller_.watch(client.fd.get(), client.interest, &client);
  }
}
