// The clients of every peer's echo server: many connections, on each of them some messages on
// their way, for some seconds. A process of its own, on a core of its own.
//
//   peer-load PORT SERVER-PID CONNECTIONS DEPTH SECONDS [COUNTERS | --websocket]
//   {"requests":812345,"seconds":2.0,"cpu_ns":3741.2,"calls":2.1}
//
// What the server takes is read from outside, so no server measures itself: `cpu_ns` is its CPU
// time per request, `calls` its system calls per request (if COUNTERS names the file in which
// harness/counters.cpp counts). With 0 SECONDS each connection sends one message and then stays,
// idle, until the load is killed. With --websocket, the messages are those of a WebSocket.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

#include "support/descriptor_limit.hpp"
#include "support/loopback_server.hpp"
#include "support/request.hpp"

namespace {

using aio::check_syscall, aio::UniqueFd;

/// What is sent, and how long an answer is.
struct Protocol {
  std::string greeting;  // of a new connection, whose answer ends with an empty line
  std::string message;
  std::size_t answer;
};

Protocol of_bytes() { return {"", std::string(64, 'm'), 64}; }

/// 64 bytes in a frame of a client, with a mask that changes nothing.
Protocol of_websocket() {
  const std::string greeting =
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const std::string head("\x82\xC0\0\0\0\0", 6);
  return {greeting, head + std::string(64, 'm'), 66};
}

constexpr double warm_up = 0.3;    // of the time, before that which is measured
constexpr int most_at_once = 100;  // connections made between two looks at the others

double seconds_of(clockid_t clock) {
  timespec now{};
  check_syscall("clock_gettime", clock_gettime(clock, &now));
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// What is known of the server from outside.
class Server {
 public:
  Server(pid_t pid, const char* counters) {
    if (clock_getcpuclockid(pid, &clock_) != 0) throw std::runtime_error("there is no server");
    if (counters == nullptr) return;
    const UniqueFd file(check_syscall("open", open(counters, O_RDONLY | O_CLOEXEC)));
    void* shared = mmap(nullptr, 4 * sizeof(std::uint64_t), PROT_READ, MAP_SHARED, file.get(), 0);
    if (shared != MAP_FAILED) counters_ = static_cast<const volatile std::uint64_t*>(shared);
  }
  double cpu_seconds() const { return seconds_of(clock_); }
  bool counted() const { return counters_ != nullptr; }
  double allocations() const { return counted() ? static_cast<double>(counters_[0]) : 0; }
  double calls() const { return counted() ? static_cast<double>(counters_[3]) : 0; }

 private:
  clockid_t clock_{};
  const volatile std::uint64_t* counters_ = nullptr;
};

/// A moment of the measurement, and what had happened until then.
struct Mark {
  Mark(const Server& server, std::uint64_t answered)
      : seconds(seconds_of(CLOCK_MONOTONIC)),
        cpu(server.cpu_seconds()),
        calls(server.calls()),
        allocations(server.allocations()),
        answers(static_cast<double>(answered)) {}
  double seconds, cpu, calls, allocations, answers;
};

class Load {
 public:
  Load(std::uint16_t port, std::size_t connections, std::size_t depth, Protocol protocol)
      : port_(port), depth_(depth), protocol_(std::move(protocol)), clients_(connections) {
    for (std::size_t i = 0; i < depth; ++i) burst_ += protocol_.message;
  }

  void connect_all() {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      connect_one(i);
      send_burst(clients_[i]);
      if (i % most_at_once == 0) take_answers(0);
    }
  }

  /// Until the clock says so, and at least one answer has come; every burst that is answered is
  /// followed by another one.
  void run_until(double end) {
    const std::uint64_t before = answers_;
    while (seconds_of(CLOCK_MONOTONIC) < end) take_answers(100);
    const double patience = end + 5;  // the machine may be busy with something else
    while (answers_ == before && seconds_of(CLOCK_MONOTONIC) < patience) take_answers(100);
  }
  /// Until each connection has had its first answer; no more is sent.
  void settle() {
    quiet_ = true;
    while (waiting_ > 0) take_answers(5000);
  }
  std::uint64_t answers() const { return answers_; }

 private:
  struct Client {
    UniqueFd fd;
    std::size_t missing = 0;  // bytes of the answers to the last burst
  };

  void connect_one(std::size_t index) {
    UniqueFd& fd = clients_[index].fd;
    fd = UniqueFd(bench::connect_to(port_));
    bench::forget_at_close(fd.get());
    if (!protocol_.greeting.empty()) greet(fd.get());
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.u64 = index;
    check_syscall("epoll_ctl", epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &wanted));
  }

  void greet(int fd) const {
    const std::string& greeting = protocol_.greeting;
    send(fd, greeting.data(), greeting.size(), MSG_NOSIGNAL);
    std::string answer;
    while (!answer.ends_with("\r\n\r\n")) {
      char byte;
      if (recv(fd, &byte, 1, 0) != 1) throw std::runtime_error("the server does not greet back");
      answer.push_back(byte);
    }
    if (!answer.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("no WebSocket: " + answer);
  }

  void send_burst(Client& client) {
    const ssize_t sent = send(client.fd.get(), burst_.data(), burst_.size(), MSG_NOSIGNAL);
    if (sent != std::ssize(burst_)) throw std::runtime_error("the server takes no request");
    client.missing = depth_ * protocol_.answer;
    ++waiting_;
  }

  void take_answers(int timeout_ms) {
    std::array<epoll_event, 512> events;
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms);
    if (count == 0 && timeout_ms > 1000) throw std::runtime_error("the server does not answer");
    for (int i = 0; i < count; ++i) receive(clients_[events[static_cast<std::size_t>(i)].data.u64]);
  }

  void receive(Client& client) {
    std::array<char, 64 * 1024> buffer;
    const ssize_t count = recv(client.fd.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0 || static_cast<std::size_t>(count) > client.missing) {
      throw std::runtime_error("the server closed a connection, or sends more than it was sent");
    }
    client.missing -= static_cast<std::size_t>(count);
    if (client.missing > 0) return;
    answers_ += depth_;
    --waiting_;
    if (!quiet_) send_burst(client);
  }

  UniqueFd epoll_{check_syscall("epoll_create1", epoll_create1(EPOLL_CLOEXEC))};
  std::uint16_t port_;
  std::size_t depth_;
  Protocol protocol_;
  std::string burst_;
  std::vector<Client> clients_;
  std::size_t waiting_ = 0;  // clients whose answers have not all come
  std::uint64_t answers_ = 0;
  bool quiet_ = false;
};

void report(const Mark& begin, const Mark& end, bool counted) {
  const double requests = end.answers - begin.answers;
  if (requests == 0) throw std::runtime_error("no request was answered");
  std::printf("{\"requests\":%.0f,\"seconds\":%.4f,\"per_second\":%.1f,\"cpu_ns\":%.2f", requests,
              end.seconds - begin.seconds, requests / (end.seconds - begin.seconds),
              1e9 * (end.cpu - begin.cpu) / requests);
  if (counted) {
    std::printf(",\"calls\":%.4f,\"allocations\":%.4f", (end.calls - begin.calls) / requests,
                (end.allocations - begin.allocations) / requests);
  }
  std::printf("}\n");
}

void stay_idle(Load& load) {
  load.settle();
  std::printf("{\"ready\":true}\n");
  std::fflush(stdout);
  for (;;) pause();
}

void run(const std::vector<const char*>& given) {
  const auto number = [&given](std::size_t i) { return std::strtoul(given[i], nullptr, 10); };
  const double seconds = std::strtod(given[4], nullptr);
  const bool websocket = given.size() > 5 && std::string_view(given[5]) == "--websocket";
  const char* const counters = given.size() > 5 && !websocket ? given[5] : nullptr;
  const Server server(static_cast<pid_t>(number(1)), counters);
  Load load(static_cast<std::uint16_t>(number(0)), number(2), number(3),
            websocket ? of_websocket() : of_bytes());
  load.connect_all();
  if (seconds <= 0) stay_idle(load);
  load.run_until(seconds_of(CLOCK_MONOTONIC) + warm_up * seconds);
  const Mark begin(server, load.answers());
  load.run_until(begin.seconds + seconds);
  report(begin, Mark(server, load.answers()), server.counted());
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  bench::raise_descriptor_limit();
  if (argc < 6) {
    std::fprintf(stderr, "usage: peer-load PORT SERVER-PID CONNECTIONS DEPTH SECONDS [COUNTERS]\n");
    return 2;
  }
  try {
    run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "load: %s\n", error.what());
    return 1;
  }
}
