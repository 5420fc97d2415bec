// use-2b: an echo server on the Poller alone.

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "echo_server.hpp"

using aio::PollEvent, aio::Interest, aio::UniqueFd;

EchoServer::EchoServer(UniqueFd listener) : listener_(std::move(listener)) {
  poller_.watch(listener_.get(), Interest::read, this);
}

//: use-2b wait once, and hand each event to the one that it belongs to
void EchoServer::serve(std::optional<std::chrono::nanoseconds> timeout) {
  for (const PollEvent& event : poller_.wait(timeout)) {
    if (event.data == nullptr) continue;  // forgotten
    if (event.data == this) {
      accept_clients();
    } else if (Client& client = *static_cast<Client*>(event.data); client.unsent.empty()) {
      receive(client);
    } else {
      send_unsent(client);
    }
  }
}

//: use-2b accept every client that waits, and watch it
void EchoServer::accept_clients() {
  for (;;) {
    UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;  // EAGAIN: that was all. Anything else: the next wait tells
    Client& client = clients_[fd.get()];
    client.fd = std::move(fd);
    poller_.watch(client.fd.get(), client.interest, &client);
  }
}

//: use-2b read once, and send it back
void EchoServer::receive(Client& client) {
  std::array<char, 16384> buffer;
  const ssize_t count = read(client.fd.get(), buffer.data(), buffer.size());
  if (count == -1 && errno == EAGAIN) return;
  if (count <= 0) return drop(client);
  client.unsent.assign(buffer.data(), static_cast<std::size_t>(count));
  send_unsent(client);
}

//: use-2b send what the socket takes, and watch for what comes next
void EchoServer::send_unsent(Client& client) {
  const int fd = client.fd.get();
  const ssize_t count = send(fd, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
  if (count == -1 && errno != EAGAIN) return drop(client);
  if (count > 0) client.unsent.erase(0, static_cast<std::size_t>(count));
  const Interest next = client.unsent.empty() ? Interest::read : Interest::write;
  if (next != client.interest) poller_.watch(fd, next, &client);
  client.interest = next;
}

//: use-2b forget the client, then close it
void EchoServer::drop(Client& client) {
  const int fd = client.fd.get();
  poller_.forget(fd);
  clients_.erase(fd);
}
