// Exercise use-2b. Check it with: ./learn check use-2b
// use-2b: an echo server on the Poller alone.

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "echo_server.hpp"
#include <aio/support/todo.hpp>

using aio::PollEvent, aio::Interest, aio::UniqueFd;

EchoServer::EchoServer(UniqueFd listener) : listener_(std::move(listener)) {
  poller_.watch(listener_.get(), Interest::read, this);
}

//: use-2b wait once, and hand each event to the one that it belongs to
void EchoServer::serve(std::optional<std::chrono::nanoseconds> timeout) {
  AIO_TODO("use-2b", "wait once, and hand each event to the one that it belongs to");
}

//: use-2b accept every client that waits, and watch it
void EchoServer::accept_clients() {
  AIO_TODO("use-2b", "accept every client that waits, and watch it");
}

//: use-2b read once, and send it back
void EchoServer::receive(Client& client) {
  AIO_TODO("use-2b", "read once, and send it back");
}

//: use-2b send what the socket takes, and watch for what comes next
void EchoServer::send_unsent(Client& client) {
  AIO_TODO("use-2b", "send what the socket takes, and watch for what comes next");
}

//: use-2b forget the client, then close it
void EchoServer::drop(Client& client) {
  AIO_TODO("use-2b", "forget the client, then close it");
}
