// Name: Dropping without forgetting
// Says: you close a client that the poller still watches
// Caught-by: Use2b_EchoServer.ForgetsAClientBeforeItIsClosed

//: use-2b
void EchoServer::drop(Client& client) {
  const int fd = client.fd.get();
  clients_.erase(fd);
}
