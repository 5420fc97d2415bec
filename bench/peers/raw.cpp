// The limit: an event loop by hand on epoll, level-triggered, that can do exactly what is measured
// and nothing else. It has no tasks, so of W2 to W7 only sleeps: a heap of callbacks.

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

#include "harness/mailbox.hpp"
#include "harness/peer.hpp"
#include "harness/posts.hpp"
#include "harness/sizes.hpp"
#include "support/loopback_server.hpp"

using aio::check_syscall, aio::UniqueFd;
using peers::Done;

namespace {

void watch(int epoll, int operation, int fd, std::uint32_t events, void* data) {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = data;
  check_syscall("epoll_ctl", epoll_ctl(epoll, operation, fd, &wanted));
}

// ── W1: echo ──

class EchoServer {
 public:
  void run() {
    watch(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), EPOLLIN, nullptr);
    peers::announce_port(bench::port_of(listener_.get()));
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = epoll_wait(epoll_.get(), events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)]);
    }
  }

 private:
  struct Client {
    explicit Client(UniqueFd socket) : fd(std::move(socket)) {}
    UniqueFd fd;
    std::size_t rest = 0;  // bytes of the message that has not come completely
    std::array<char, peers::message_size> partial = {};
    std::string unsent;
  };

  void handle(const epoll_event& event) {
    if (event.data.ptr == nullptr) return accept_all();
    auto& client = *static_cast<Client*>(event.data.ptr);
    if ((event.events & EPOLLOUT) != 0 && !flush(client)) return;
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(client);
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd == -1) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto* client = new Client(UniqueFd{fd});
      watch(epoll_.get(), EPOLL_CTL_ADD, fd, EPOLLIN, client);
    }
  }

  void receive(Client& client) {
    std::memcpy(in_.data(), client.partial.data(), client.rest);
    const ssize_t count =
        recv(client.fd.get(), in_.data() + client.rest, in_.size() - client.rest, 0);
    if (count == -1 && errno == EAGAIN) return;
    if (count <= 0) return drop(client);
    const std::size_t size = client.rest + static_cast<std::size_t>(count);
    client.rest = size % peers::message_size;
    std::memcpy(client.partial.data(), in_.data() + size - client.rest, client.rest);
    answer(client, size - client.rest);
  }

  /// One answer to each message, all of them in one call.
  void answer(Client& client, std::size_t size) {
    for (std::size_t at = 0; at < size; at += peers::message_size) {
      std::memcpy(out_.data() + at, in_.data() + at, peers::message_size);
    }
    if (size == 0) return;
    if (!client.unsent.empty()) return static_cast<void>(client.unsent.append(out_.data(), size));
    const ssize_t sent = send(client.fd.get(), out_.data(), size, MSG_NOSIGNAL);
    if (sent == -1 && errno != EAGAIN) return drop(client);
    const auto done = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    if (done == size) return;
    client.unsent.assign(out_.data() + done, size - done);
    watch(epoll_.get(), EPOLL_CTL_MOD, client.fd.get(), EPOLLIN | EPOLLOUT, &client);
  }

  bool flush(Client& client) {
    const ssize_t sent =
        send(client.fd.get(), client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
    if (sent == -1 && errno == EAGAIN) return true;
    if (sent == -1) return drop(client), false;
    client.unsent.erase(0, static_cast<std::size_t>(sent));
    if (client.unsent.empty()) {
      watch(epoll_.get(), EPOLL_CTL_MOD, client.fd.get(), EPOLLIN, &client);
    }
    return true;
  }

  void drop(Client& client) { delete &client; }  // which closes it, and so epoll forgets it

  UniqueFd epoll_{check_syscall("epoll_create1", epoll_create1(EPOLL_CLOEXEC))};
  UniqueFd listener_ = bench::listen_on_any_port();
  std::array<char, 64 * 1024> in_, out_;
};

Done serve_echo(long, long) {
  EchoServer().run();
  return {};
}

// ── W5: sleeps ──

using Clock = std::chrono::steady_clock;

struct Sleeper {
  Clock::time_point due;
  std::unique_ptr<std::function<void()>> wake;
  bool operator<(const Sleeper& other) const { return other.due < due; }  // the first on top
};

timespec time_until(Clock::time_point due) {
  const auto left = std::max(due - Clock::now(), Clock::duration::zero()).count();
  return {.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
}

void run_sleepers(std::priority_queue<Sleeper>& sleepers) {
  const UniqueFd epoll(check_syscall("epoll_create1", epoll_create1(EPOLL_CLOEXEC)));
  while (!sleepers.empty()) {
    const timespec left = time_until(sleepers.top().due);
    epoll_event event;
    epoll_pwait2(epoll.get(), &event, 1, &left, nullptr);
    for (const auto now = Clock::now(); !sleepers.empty() && sleepers.top().due <= now;) {
      const auto wake = std::move(const_cast<Sleeper&>(sleepers.top()).wake);
      sleepers.pop();
      (*wake)();
    }
  }
}

Done sleeps(long size, long) {
  peers::Dice dice;
  peers::Lateness lateness;
  std::priority_queue<Sleeper> sleepers;
  long woken = 0;
  for (long i = 0; i < size; ++i) {
    const auto due = Clock::now() + dice.nap(size);
    auto wake = [&woken, &lateness, due, watched = i % peers::watched_timers == 0] {
      ++woken;
      if (watched) lateness.add(Clock::now() - due);
    };
    sleepers.push({due, std::make_unique<std::function<void()>>(wake)});
  }
  run_sleepers(sleepers);
  return {woken, lateness.figures()};
}

// ── W8: posts from another thread ──

class PostLoop {
 public:
  PostLoop() { watch(epoll_.get(), EPOLL_CTL_ADD, bell_.get(), EPOLLIN, nullptr); }
  void post(peers::Mailbox::Callback callback) {
    const std::uint64_t one = 1;
    if (mailbox_.put(std::move(callback)) && write(bell_.get(), &one, sizeof one) == -1) {
      check_syscall("write", -1);
    }
  }
  void run() {
    while (!stopped_) {
      epoll_event event;
      if (epoll_wait(epoll_.get(), &event, 1, -1) != 1) continue;
      std::uint64_t rung = 0;
      if (read(bell_.get(), &rung, sizeof rung) == sizeof rung) mailbox_.run();
    }
  }
  void stop() { stopped_ = true; }

 private:
  UniqueFd epoll_{check_syscall("epoll_create1", epoll_create1(EPOLL_CLOEXEC))};
  UniqueFd bell_{check_syscall("eventfd", eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))};
  peers::Mailbox mailbox_;
  bool stopped_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  return peers::measure(argc, argv,
                        {{"W1", serve_echo, false},
                         {"W1p", serve_echo, false},
                         {"W5.sleeps", sleeps, false},
                         {"W8.posts", peers::posts<PostLoop>, false},
                         {"W8.wake", peers::wake_ups<PostLoop>, false}});
}
