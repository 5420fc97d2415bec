#pragma once
// Exercise use-10c: a small server of pages on 127.0.0.1, on the loop, and how to fetch a page.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/syscall.hpp>

namespace pages {

inline sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline aio::UniqueFd new_socket() {
  return aio::UniqueFd(
      aio::check_syscall("socket", ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
}

inline void send_all(int fd, std::string_view text) {  // short texts: they fit into the socket
  const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  aio::check_syscall("send", static_cast<int>(sent));
}

/// What has come, up to a hundred bytes; empty at the end of the stream.
inline std::string receive(int fd) {
  std::array<char, 100> text{};
  const auto size = ::recv(fd, text.data(), text.size(), 0);
  return std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
}

/// Watches a descriptor as long as it lives.
class Watch {
 public:
  Watch(int fd, aio::Future<> ready) : fd_(fd) {
    loop_.add_reader(fd, [ready] {
      if (!ready.done()) ready.set_result();
    });
  }
  ~Watch() { loop_.remove_reader(fd_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  aio::EventLoop& loop_ = aio::running_loop();
  const int fd_;
};

/// Connects, asks for a page, and gives what the server says. Throws std::runtime_error when it
/// hangs up.
inline aio::Coro<std::string> fetch_page(std::uint16_t port, std::string page) {
  const aio::UniqueFd server = new_socket();
  sockaddr_in to = local(port);
  aio::check_syscall("connect",
                     ::connect(server.get(), reinterpret_cast<sockaddr*>(&to), sizeof to));
  send_all(server.get(), page);
  const aio::Future<> ready;
  const Watch watch(server.get(), ready);
  co_await ready;
  std::string text = receive(server.get());
  if (text.empty()) throw std::runtime_error("no such page: " + page);
  co_return text;
}

}  // namespace pages

/// Answers "text of NAME" to whoever asks for page NAME. A page that is on hold waits until it is
/// told; to "broken" it hangs up. Lives within a running loop.
class PageServer {
 public:
  PageServer() {
    sockaddr_in address = pages::local(0);
    auto* where = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    aio::check_syscall("bind", ::bind(listener_.get(), where, size));
    aio::check_syscall("listen", ::listen(listener_.get(), SOMAXCONN));
    aio::check_syscall("getsockname", ::getsockname(listener_.get(), where, &size));
    port_ = ntohs(address.sin_port);
    loop_.add_reader(listener_.get(), [this] { accept(); });
  }
  ~PageServer() {
    loop_.remove_reader(listener_.get());
    for (const auto& [fd, client] : clients_) loop_.remove_reader(fd);
  }
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// Holds a page back from now on, or no longer.
  void hold(const std::string& page) { held_.insert(page); }
  void let_go(const std::string& page) {
    held_.erase(page);
    const auto is_for_it = [&page](const auto& entry) { return entry.second.page == page; };
    auto found = std::find_if(clients_.begin(), clients_.end(), is_for_it);
    if (found != clients_.end()) answer(found->first, page);
  }
  /// How many wait for an answer now, and the most that ever did.
  std::size_t waiting() const {
    const auto has_asked = [](const auto& entry) { return !entry.second.page.empty(); };
    return static_cast<std::size_t>(std::count_if(clients_.begin(), clients_.end(), has_asked));
  }
  std::size_t most() const { return most_; }
  /// The pages that were asked for, in order.
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  struct Client {
    aio::UniqueFd fd;
    std::string page{};
  };

  void accept() {
    const int fd = aio::check_syscall("accept", ::accept(listener_.get(), nullptr, nullptr));
    clients_.emplace(fd, Client{.fd = aio::UniqueFd(fd)});
    loop_.add_reader(fd, [this, fd] { read(fd); });
  }
  void read(int fd) {
    Client& client = clients_.at(fd);
    const std::string text = pages::receive(fd);
    if (text.empty()) return hang_up(fd);
    asked_.push_back(client.page = text);
    most_ = std::max(most_, waiting());
    if (text == "broken") return hang_up(fd);
    if (!held_.contains(text)) answer(fd, text);
  }
  void answer(int fd, const std::string& page) {
    pages::send_all(fd, "text of " + page);
    hang_up(fd);
  }
  void hang_up(int fd) {
    loop_.remove_reader(fd);
    clients_.erase(fd);
  }

  aio::EventLoop& loop_ = aio::running_loop();
  aio::UniqueFd listener_ = pages::new_socket();
  std::uint16_t port_ = 0;
  std::map<int, Client> clients_{};
  std::size_t most_ = 0;
  std::vector<std::string> asked_{};
  std::set<std::string> held_{};
};
