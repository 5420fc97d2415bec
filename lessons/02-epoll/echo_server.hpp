#pragma once
// An echo server that stands on the Poller alone (exercise use-2b).

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include <aio/poller.hpp>
#include <aio/support/syscall.hpp>

/// Sends back what its clients send. One thread serves them all; the server sleeps in one place,
/// Poller::wait().
class EchoServer {
 public:
  /// Serves whoever connects to `listener`, a listening socket that does not block.
  explicit EchoServer(aio::UniqueFd listener);

  /// Waits once, at most for `timeout`, and handles everything that is ready.
  void serve(std::optional<std::chrono::nanoseconds> timeout);

  /// How many clients are connected.
  std::size_t clients() const { return clients_.size(); }

 private:
  struct Client {
    aio::UniqueFd fd;
    aio::Interest interest = aio::Interest::read;  // what the poller watches it for
    std::string unsent;                            // received, and not sent back yet
  };

  void accept_clients();
  void receive(Client& client);      // while nothing is unsent
  void send_unsent(Client& client);  // then reads on only when all has been sent
  void drop(Client& client);         // destroys `client`

  aio::UniqueFd listener_;
  aio::Poller poller_;
  std::unordered_map<int, Client> clients_;  // by descriptor; a Client never moves
};
