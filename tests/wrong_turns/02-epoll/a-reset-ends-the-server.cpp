// Name: A reset that ends the server
// Says: your server throws when the connection of one client breaks
// Caught-by: Use2b_EchoServer.AResetEndsOneConnectionOnly

//: use-2b
void EchoServer::receive(Client& client) {
  std::array<char, 16384> buffer;
  const ssize_t count = read(client.fd.get(), buffer.data(), buffer.size());
  if (count == -1 && errno == EAGAIN) return;
  aio::check_syscall("read", static_cast<int>(count));
  if (count == 0) return drop(client);
  client.unsent.assign(buffer.data(), static_cast<std::size_t>(count));
  send_unsent(client);
}
