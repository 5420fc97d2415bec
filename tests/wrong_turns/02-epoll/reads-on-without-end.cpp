// Name: Reading on without end
// Says: you go on reading from a client that does not read: memory grows without end
// From: proxies and chat servers with an unbounded buffer for each slow reader
// Caught-by: Use2b_EchoServer.StopsReadingFromAClientThatDoesNotRead,
//   Use2b_EchoServer.AnswersInFullAClientThatSendsNoMore

//: use-2b
void EchoServer::serve(std::optional<std::chrono::nanoseconds> timeout) {
  for (const PollEvent& event : poller_.wait(timeout)) {
    if (event.data == nullptr) continue;  // forgotten
    if (event.data == this) {
      accept_clients();
    } else if (Client& client = *static_cast<Client*>(event.data); event.readable) {
      receive(client);
    } else {
      send_unsent(client);
    }
  }
}

//: use-2b
void EchoServer::receive(Client& client) {
  std::array<char, 16384> buffer;
  const ssize_t count = read(client.fd.get(), buffer.data(), buffer.size());
  if (count == -1 && errno == EAGAIN) return;
  if (count <= 0) return drop(client);
  client.unsent.append(buffer.data(), static_cast<std::size_t>(count));
  send_unsent(client);
}

//: use-2b
void EchoServer::send_unsent(Client& client) {
  const int fd = client.fd.get();
  const ssize_t count = send(fd, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
  if (count == -1 && errno != EAGAIN) return drop(client);
  if (count > 0) client.unsent.erase(0, static_cast<std::size_t>(count));
  const Interest next = client.unsent.empty() ? Interest::read : Interest::read | Interest::write;
  if (next != client.interest) poller_.watch(fd, next, &client);
  client.interest = next;
}
