// Name: One client a turn
// Says: your accept_clients() accepts one client a turn; the others wait for the next one
// Caught-by: Use2b_EchoServer.AcceptsAllWhoWaitAtOnce

//: use-2b
void EchoServer::accept_clients() {
  UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return;
  Client& client = clients_[fd.get()];
  client.fd = std::move(fd);
  poller_.watch(client.fd.get(), client.interest, &client);
}
