#include "support/sparse_load.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/child.hpp"
#include "support/loopback_server.hpp"
#include "support/measure.hpp"
#include "support/request.hpp"

namespace bench {
namespace {

using aio::UniqueFd;

constexpr std::array<char, 64> message{'h', 'e', 'l', 'l', 'o'};
constexpr int patience_ms = 10'000;  // for a client to connect

std::vector<UniqueFd> connect_all(std::uint16_t port, int count) {
  std::vector<UniqueFd> clients;
  while (std::ssize(clients) < count) {
    forget_at_close(clients.emplace_back(connect_to(port)).get());
  }
  return clients;
}

void ask(int fd) {
  std::array<char, message.size()> answer;
  if (send(fd, message.data(), message.size(), MSG_NOSIGNAL) != std::ssize(message) ||
      recv(fd, answer.data(), answer.size(), MSG_WAITALL) != std::ssize(answer)) {
    throw std::runtime_error("the server does not answer");
  }
}

void ask_in_turn(const std::vector<UniqueFd>& clients, const SparseLoad::Options& options) {
  for (const UniqueFd& fd : clients) ask(fd.get());
  for (std::size_t i = 0; i < static_cast<std::size_t>(options.requests); ++i) {
    std::this_thread::sleep_for(options.pause);
    ask(clients[i % clients.size()].get());
  }
}

/// Or the server would see connections fail while it is still there.
void wait_until_closed(const std::vector<UniqueFd>& clients) {
  char none = 0;
  for (const UniqueFd& fd : clients) recv(fd.get(), &none, 1, 0);
}

[[noreturn]] void be_the_clients(std::uint16_t port, const SparseLoad::Options& options) {
  try {
    const std::vector<UniqueFd> clients = connect_all(port, options.connections);
    ask_in_turn(clients, options);
    wait_until_closed(clients);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sparse load: %s\n", error.what());
    _exit(1);
  }
  _exit(0);
}

UniqueFd accept_one(int listener) {
  pollfd asked{listener, POLLIN, 0};
  if (aio::check_syscall("poll", poll(&asked, 1, patience_ms)) == 0)
    throw std::runtime_error("the clients do not connect");
  return UniqueFd(aio::check_syscall(
      "accept4", accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)));
}

}  // namespace

SparseLoad::SparseLoad(Options options) : options_(options) {
  const UniqueFd listener = listen_on_any_port();
  child_ = fork_child();
  if (child_ == 0) be_the_clients(port_of(listener.get()), options);
  while (std::ssize(connections_) < options.connections)
    connections_.push_back(accept_one(listener.get()));
}

SparseLoad::~SparseLoad() {
  if (child_ != -1) end_child(child_);
}

void SparseLoad::echo(int fd) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(fd, buffer.data(), buffer.size());
  if (count == -1 && errno == EAGAIN) return;
  const auto bytes = static_cast<std::size_t>(aio::check_syscall("read", static_cast<int>(count)));
  aio::check_syscall("send", static_cast<int>(send(fd, buffer.data(), bytes, MSG_NOSIGNAL)));
  answered(bytes);
}

void SparseLoad::answered(std::size_t bytes) {
  if (bytes == 0) throw std::runtime_error("a client has left too early");
  bytes_ += bytes;
  if (bytes_ == static_cast<std::size_t>(options_.connections) * message.size()) begin_measuring();
  if (over()) end_measuring();
}

bool SparseLoad::over() const {
  const int all = options_.connections + options_.requests;
  return bytes_ == static_cast<std::size_t>(all) * message.size();
}

void SparseLoad::finish() {
  connections_.clear();
  int status = 0;
  waitpid(std::exchange(child_, -1), &status, 0);
  if (status != 0) throw std::runtime_error("the clients did not get their answers");
}

}  // namespace bench
