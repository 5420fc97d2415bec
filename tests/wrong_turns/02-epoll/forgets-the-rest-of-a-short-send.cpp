// Name: Forgetting the rest of a short send
// Says: you call send() once, and lose what the socket did not take
// Caught-by: Use2b_EchoServer.KeepsWhatTheSocketDoesNotTake,
//   Use2b_EchoServer.SendsBackALongMessageInFull

//: use-2b
void EchoServer::send_unsent(Client& client) {
  const int fd = client.fd.get();
  const ssize_t count = send(fd, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
  if (count == -1 && errno != EAGAIN) return drop(client);
  client.unsent.clear();
  const Interest next = client.unsent.empty() ? Interest::read : Interest::write;
  if (next != client.interest) poller_.watch(fd, next, &client);
  client.interest = next;
}
