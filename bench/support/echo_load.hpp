#pragma once
// The clients of an echo server that is measured: they live in a process of their own, so that only
// the server's time, memory and threads are counted.
//
//   const aio::UniqueFd listener = bench::listen_on_any_port();
//   bench::EchoLoad load(listener.get(), {.connections = 1'000});
//   …serve until accept() fails with EINVAL: the load shuts the listener down at the end
//   load.finish();

#include <chrono>
#include <cstdint>

#include <sys/types.h>

namespace bench {

class EchoLoad {
 public:
  struct Options {
    int connections = 1;
    int requests = 10;                   // on each connection, one after the other
    std::chrono::milliseconds pause{5};  // from an answer to the next request
    bool stay = false;                   // connected and silent until all have had their answers
    std::uint16_t port = 0;              // where to connect to; 0: where the listener listens
  };

  /// Starts the clients. Fork first, make threads later. With a port in the options, `listener`
  /// may be any socket: at the end it is shut down, so that the other side learns of it.
  EchoLoad(int listener, Options options);
  ~EchoLoad();
  EchoLoad(const EchoLoad&) = delete;
  EchoLoad& operator=(const EchoLoad&) = delete;

  /// Waits for the clients' end. Throws if one of them did not get its answers.
  void finish();

 private:
  pid_t child_ = -1;
};

}  // namespace bench
