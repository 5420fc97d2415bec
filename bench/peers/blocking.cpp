// What the tutorials compare with: the same waits one after the other (sync), and with a thread
// each (threads). Only W10.

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <aio/support/syscall.hpp>

#include "harness/peer.hpp"
#include "harness/slow.hpp"
#include "support/loopback_server.hpp"

using peers::Done;

namespace {

void ask(std::uint16_t port) {
  const aio::UniqueFd fd(bench::connect_to(port));
  char answer = 0;
  if (send(fd.get(), "?", 1, MSG_NOSIGNAL) != 1 || recv(fd.get(), &answer, 1, 0) != 1) {
    throw std::runtime_error("no answer");
  }
}

void wait_half_a_second() { std::this_thread::sleep_for(peers::slow); }

Done requests_in_turn(long size, long) {
  return peers::request_slowly([size](std::uint16_t port) {
    for (long i = 0; i < size; ++i) ask(port);
  });
}

Done waits_in_turn(long size, long) {
  return peers::took([size] {
    for (long i = 0; i < size; ++i) wait_half_a_second();
  });
}

/// Starts `size` threads and waits for them all.
template <class Body>
void in_threads(long size, Body body) {
  std::vector<std::jthread> threads;
  try {
    for (long i = 0; i < size; ++i) threads.emplace_back(body);
  } catch (const std::system_error&) {
    throw std::runtime_error("no more than " + std::to_string(threads.size()) + " threads");
  }
}

Done requests_in_threads(long size, long) {
  return peers::request_slowly(
      [size](std::uint16_t port) { in_threads(size, [port] { ask(port); }); });
}

/// The stacks that the kernel keeps for all threads of the machine, in MB.
double kernel_stacks() {
  std::ifstream all("/proc/meminfo");
  for (std::string line; std::getline(all, line);) {
    if (line.starts_with("KernelStack:")) return std::stod(line.substr(12)) / 1000;
  }
  return 0;
}

/// The kernel's part is looked at from outside, while the threads wait.
Done waits_in_threads(long size, long) {
  const double before = kernel_stacks();
  double most = before;
  std::jthread observer([&most](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      most = std::max(most, kernel_stacks());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  Done done = peers::took([size] { in_threads(size, wait_half_a_second); });
  observer.request_stop();
  observer.join();
  done.more["kernel_megabytes"] = most - before;
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  const bool threads = std::string(argv[0]).ends_with("-threads");
  if (threads) {
    return peers::measure(
        argc, argv,
        {{"W10.requests", requests_in_threads, false}, {"W10.waits", waits_in_threads, false}});
  }
  return peers::measure(
      argc, argv, {{"W10.requests", requests_in_turn, false}, {"W10.waits", waits_in_turn, false}});
}
