#include "support/echo_load.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

#include "support/child.hpp"
#include "support/loopback_server.hpp"
#include "support/request.hpp"

namespace bench {
namespace {

using aio::check_syscall, aio::UniqueFd;
using std::chrono::steady_clock;

constexpr std::array<char, 64> message{'h', 'e', 'l', 'l', 'o'};
constexpr int most_new = 500;  // connections without a first answer; fewer than a listener's queue

/// What the child process runs: every client in one epoll loop. Each pause is equally long, so a
/// queue is all the timer it needs.
class Clients {
 public:
  Clients(std::uint16_t port, EchoLoad::Options options)
      : port_(port), options_(options), clients_(static_cast<std::size_t>(options.connections)) {}

  void run() {
    while (finished_ < options_.connections) {
      open_some();
      std::array<epoll_event, 256> events;
      const int count = epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms());
      for (int i = 0; i < count; ++i) receive(events[static_cast<std::size_t>(i)].data.u32);
      send_what_is_due();
    }
  }

 private:
  struct Client {
    UniqueFd fd;
    int answers = 0;
    std::size_t missing = 0;  // bytes of the answer
  };
  struct Due {
    steady_clock::time_point when;
    std::size_t index;
  };

  void open_some() {
    for (; opened_ < options_.connections && new_ < most_new; ++opened_, ++new_) {
      const auto index = static_cast<std::size_t>(opened_);
      UniqueFd& fd = clients_[index].fd = UniqueFd(connect_to(port_));
      forget_at_close(fd.get());
      epoll_event wanted{};
      wanted.events = EPOLLIN;
      wanted.data.u32 = static_cast<std::uint32_t>(index);
      check_syscall("epoll_ctl", epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &wanted));
      ask(index);
    }
  }

  void ask(std::size_t index) {
    Client& client = clients_[index];
    client.missing = message.size();
    if (send(client.fd.get(), message.data(), message.size(), MSG_NOSIGNAL) !=
        std::ssize(message)) {
      throw std::runtime_error("the server takes no request");
    }
  }

  void receive(std::size_t index) {
    Client& client = clients_[index];
    std::array<char, message.size()> buffer;
    const ssize_t count = recv(client.fd.get(), buffer.data(), client.missing, 0);
    if (count <= 0) throw std::runtime_error("the server closed a connection");
    client.missing -= static_cast<std::size_t>(count);
    if (client.missing > 0) return;
    if (client.answers++ == 0) --new_;
    if (client.answers < options_.requests) {
      due_.push_back({steady_clock::now() + options_.pause, index});
    } else {
      if (!options_.stay) client.fd.reset();
      ++finished_;
    }
  }

  int timeout_ms() const {
    if (due_.empty()) return -1;
    const auto left = due_.front().when - steady_clock::now();
    return static_cast<int>(
        std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }

  void send_what_is_due() {
    for (const auto now = steady_clock::now(); !due_.empty() && due_.front().when <= now;) {
      ask(due_.front().index);
      due_.pop_front();
    }
  }

  UniqueFd epoll_{check_syscall("epoll_create1", epoll_create1(EPOLL_CLOEXEC))};
  std::uint16_t port_;
  EchoLoad::Options options_;
  std::vector<Client> clients_;
  std::deque<Due> due_;
  int opened_ = 0, new_ = 0, finished_ = 0;
};

[[noreturn]] void be_the_clients(int listener, EchoLoad::Options options) {
  int status = 0;
  try {
    Clients(options.port != 0 ? options.port : port_of(listener), options).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echo load: %s\n", error.what());
    status = 1;
  }
  shutdown(listener, SHUT_RDWR);  // tells the server that it is over, whatever happened
  _exit(status);
}

}  // namespace

EchoLoad::EchoLoad(int listener, Options options) {
  child_ = fork_child();
  if (child_ == 0) be_the_clients(listener, options);
}

EchoLoad::~EchoLoad() {
  if (child_ != -1) end_child(child_);
}

void EchoLoad::finish() {
  int status = 0;
  waitpid(std::exchange(child_, -1), &status, 0);
  if (status != 0) throw std::runtime_error("the clients did not get their answers");
}

}  // namespace bench
