#pragma once
// Exercise use-9b: a server on 127.0.0.1 that fails as it is told, on the loop, and a client for
// it.

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/syscall.hpp>

/// Treats its clients one after the other as `plan` says: 'f' hangs up at once, 'h' keeps silent,
/// 'k' answers "good". Lives within a running loop.
class FlakyServer {
 public:
  explicit FlakyServer(std::string plan) : plan_(std::move(plan)) {
    listen();
    loop_.add_reader(listener_.get(), [this] { serve(); });
  }
  ~FlakyServer() { loop_.remove_reader(listener_.get()); }
  FlakyServer(const FlakyServer&) = delete;
  FlakyServer& operator=(const FlakyServer&) = delete;

  /// How many clients have come.
  std::size_t asked() const { return asked_; }

  /// Connects, and gives what the server says. Throws std::runtime_error when it hangs up.
  aio::Coro<std::string> ask() const {
    const aio::UniqueFd client(new_socket());
    sockaddr_in to = address_;
    aio::check_syscall("connect",
                       ::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to));
    co_await readable(client.get());
    std::array<char, 16> text{};
    const auto size = ::recv(client.get(), text.data(), text.size(), 0);
    if (size <= 0) throw std::runtime_error("the server hung up");
    co_return std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  /// Watches a descriptor as long as it lives.
  class Watch {
   public:
    Watch(aio::EventLoop& loop, int fd, aio::Future<> ready) : loop_(loop), fd_(fd) {
      loop_.add_reader(fd, [ready] {
        if (!ready.done()) ready.set_result();
      });
    }
    ~Watch() { loop_.remove_reader(fd_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    aio::EventLoop& loop_;
    const int fd_;
  };

  static int new_socket() {
    return aio::check_syscall("socket", ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  aio::Coro<> readable(int fd) const {
    const aio::Future<> ready;
    const Watch watch(loop_, fd, ready);
    co_await ready;
  }
  void listen() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    socklen_t size = sizeof address_;
    aio::check_syscall("bind", ::bind(listener_.get(), address, size));
    aio::check_syscall("listen", ::listen(listener_.get(), SOMAXCONN));
    aio::check_syscall("getsockname", ::getsockname(listener_.get(), address, &size));
  }
  void serve() {
    aio::UniqueFd client(aio::check_syscall("accept", ::accept(listener_.get(), nullptr, nullptr)));
    const char now = plan_.at(asked_++);
    if (now == 'k') aio::check_syscall("send", say_good(client.get()));
    if (now == 'h') silent_.push_back(std::move(client));
  }
  static int say_good(int client) {
    return static_cast<int>(::send(client, "good", 4, MSG_NOSIGNAL));
  }

  aio::EventLoop& loop_ = aio::running_loop();
  const std::string plan_;
  std::size_t asked_ = 0;
  sockaddr_in address_{};
  aio::UniqueFd listener_{new_socket()};
  std::vector<aio::UniqueFd> silent_{};
};
