#pragma once
// Somebody to wait for: a server on 127.0.0.1, in a process of its own, that sends back what it is
// sent, after a delay. It stands for a slow service and costs the measured program nothing.

#include <chrono>
#include <cstdint>

#include <netinet/in.h>
#include <sys/types.h>
#include <aio/support/syscall.hpp>

namespace bench {

class LoopbackServer {
 public:
  struct Options {
    std::chrono::milliseconds delay{0};  // from the arrival of bytes to the answer
  };

  /// Starts the server and waits until it accepts connections. It ends with this object, and with
  /// this process.
  explicit LoopbackServer(Options options);
  LoopbackServer() : LoopbackServer(Options{}) {}
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
};

/// 127.0.0.1:port.
sockaddr_in loopback(std::uint16_t port);

/// A listening socket on 127.0.0.1 that does not block; the kernel picks the port.
aio::UniqueFd listen_on_any_port();
std::uint16_t port_of(int fd);

/// A blocking connection to 127.0.0.1:port. Throws std::system_error. The caller closes it.
int connect_to(std::uint16_t port);

}  // namespace bench
