// Name: A broken pipe that kills
// Says: you send without MSG_NOSIGNAL, so a client that is gone ends your process
// From: nearly every first server; SIGPIPE ends a process by default
// Caught-by: Use2b_EchoServer.AClientThatIsGoneDoesNotEndTheProcess

//: use-2b
void EchoServer::send_unsent(Client& client) {
  const int fd = client.fd.get();
  const ssize_t count = send(fd, client.unsent.data(), client.unsent.size(), 0);
  if (count == -1 && errno != EAGAIN) return drop(client);
  if (count > 0) client.unsent.erase(0, static_cast<std::size_t>(count));
  const Interest next = client.unsent.empty() ? Interest::read : Interest::write;
  if (next != client.interest) poller_.watch(fd, next, &client);
  client.interest = next;
}
