#include "support/loopback_server.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

#include "support/child.hpp"
#include "support/descriptor_limit.hpp"

namespace bench {
namespace {

using aio::check_syscall;
using Time = std::chrono::steady_clock::time_point;

/// What the child process runs: one epoll loop. Every answer waits equally long, so a queue is all
/// the timer it needs.
class EchoLater {
 public:
  EchoLater(aio::UniqueFd listener, std::chrono::milliseconds delay)
      : listener_(std::move(listener)), delay_(delay) {
    watch(listener_.get(), EPOLL_CTL_ADD, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> events{};
    for (;;) {
      const int count = epoll_wait(epoll_.get(), events.data(), std::ssize(events), timeout_ms());
      for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)]);
      while (!answers_.empty() && answers_.front().due <= std::chrono::steady_clock::now()) {
        answer(answers_.front());
        answers_.pop_front();
      }
    }
  }

 private:
  struct Connection {
    std::uint64_t serial = 0;  // tells a connection from a later one with the same descriptor
    std::string unsent;        // waits for room in the socket's buffer
    unsigned interest = EPOLLIN;
    int waiting = 0;     // answers whose time has not come
    bool ended = false;  // the client sends no more
  };
  struct Answer {
    Time due;
    int fd;
    std::uint64_t serial;
    std::string bytes;
  };

  void watch(int fd, int operation, unsigned events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    check_syscall("epoll_ctl", epoll_ctl(epoll_.get(), operation, fd, &event));
  }

  int timeout_ms() const {
    if (answers_.empty()) return -1;
    const auto left = answers_.front().due - std::chrono::steady_clock::now();
    return std::max(0,
                    static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }

  void handle(const epoll_event& event) {
    const int fd = event.data.fd;
    if (fd == listener_.get()) return accept_all();
    if ((event.events & EPOLLOUT) != 0) {
      if (const auto found = connections_.find(fd); found != connections_.end()) {
        send_more(fd, found->second);
      }
    }
    if ((event.events & (EPOLLHUP | EPOLLERR)) != 0) return drop(fd);
    if ((event.events & EPOLLIN) != 0) receive(fd);
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd == -1) return;  // none left, or no descriptor for it
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_[fd].serial = ++serial_;
      watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
  }

  void receive(int fd) {
    std::array<char, 65536> buffer;
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    Connection& connection = found->second;
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count == -1 && errno == EAGAIN) return;
    if (count == -1) return drop(fd);
    if (count > 0) {
      const std::string bytes(buffer.data(), static_cast<std::size_t>(count));
      const auto due = std::chrono::steady_clock::now() + delay_;
      answers_.push_back({due, fd, connection.serial, bytes});
      ++connection.waiting;
    } else {
      connection.ended = true;
      send_more(fd, connection);
    }
  }

  void answer(const Answer& answer) {
    const auto found = connections_.find(answer.fd);
    if (found == connections_.end() || found->second.serial != answer.serial) return;
    --found->second.waiting;
    found->second.unsent += answer.bytes;
    send_more(answer.fd, found->second);
  }

  void send_more(int fd, Connection& connection) {
    std::string& unsent = connection.unsent;
    const ssize_t sent = send(fd, unsent.data(), unsent.size(), MSG_NOSIGNAL);
    if (sent == -1 && errno != EAGAIN) return drop(fd);
    if (sent > 0) unsent.erase(0, static_cast<std::size_t>(sent));
    if (connection.ended && connection.waiting == 0 && unsent.empty()) return drop(fd);
    const unsigned interest = (connection.ended ? 0U : EPOLLIN) | (unsent.empty() ? 0U : EPOLLOUT);
    if (interest != connection.interest) watch(fd, EPOLL_CTL_MOD, interest);
    connection.interest = interest;
  }

  void drop(int fd) {
    if (connections_.erase(fd) == 1) close(fd);
  }

  aio::UniqueFd epoll_{check_syscall("epoll_create1", epoll_create1(EPOLL_CLOEXEC))};
  aio::UniqueFd listener_;
  std::chrono::milliseconds delay_;
  std::unordered_map<int, Connection> connections_;
  std::deque<Answer> answers_;  // by due time, since every delay is the same
  std::uint64_t serial_ = 0;
};

}  // namespace

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

aio::UniqueFd listen_on_any_port() {
  aio::UniqueFd fd(
      check_syscall("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
  const sockaddr_in address = loopback(0);
  check_syscall("bind",
                bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  check_syscall("listen", listen(fd.get(), 65535));
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  check_syscall("getsockname", getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size));
  return ntohs(address.sin_port);
}

LoopbackServer::LoopbackServer(Options options) {
  raise_descriptor_limit();
  aio::UniqueFd listener = listen_on_any_port();
  port_ = port_of(listener.get());
  child_ = fork_child();
  if (child_ != 0) return;
  try {
    EchoLater(std::move(listener), options.delay).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "loopback server: %s\n", error.what());
    _exit(1);
  }
}

LoopbackServer::~LoopbackServer() { end_child(child_); }

int connect_to(std::uint16_t port) {
  aio::UniqueFd fd(check_syscall("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  const sockaddr_in address = loopback(port);
  check_syscall("connect",
                connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  const int on = 1;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd.release();
}

}  // namespace bench
