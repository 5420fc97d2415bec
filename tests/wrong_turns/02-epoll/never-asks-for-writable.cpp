// Name: Never asking for writable
// Says: you go on watching for reading while bytes are unsent, so the server never sleeps
// Caught-by: Use2b_EchoServer.SleepsWhileAClientDoesNotRead

//: use-2b
void EchoServer::send_unsent(Client& client) {
  const int fd = client.fd.get();
  const ssize_t count = send(fd, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
  if (count == -1 && errno != EAGAIN) return drop(client);
  if (count > 0) client.unsent.erase(0, static_cast<std::size_t>(count));
  const Interest next = Interest::read;
  if (next != client.interest) poller_.watch(fd, next, &client);
  client.interest = next;
}
