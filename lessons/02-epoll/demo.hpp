#pragma once
// An audience for the lesson's echo servers: clients that say nothing, and one that says hello.
// The server runs in a process of its own, for ever, as servers do; the audience ends it.

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace demo {

using Server = void (*)(int listener);

inline constexpr int silent_clients = 20;
inline constexpr int silence_ms = 300;

/// Returns `result`, or throws std::system_error with errno when it is -1.
inline int check(const char* call, long result) {
  if (result == -1) throw std::system_error(errno, std::generic_category(), call);
  return static_cast<int>(result);
}

inline int new_socket() { return check("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

/// Calls bind, connect or getsockname for 127.0.0.1.
template <class Call>
int with_address(Call call, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  call(reinterpret_cast<sockaddr*>(&address));
  return ntohs(address.sin_port);
}

/// A listening socket; the kernel picks the port.
inline int listen_on_any_port() {
  const int fd = new_socket();
  with_address([fd](sockaddr* a) { check("bind", bind(fd, a, sizeof(sockaddr_in))); }, 0);
  check("listen", listen(fd, SOMAXCONN));
  return fd;
}

inline int port_of(int fd) {
  socklen_t size = sizeof(sockaddr_in);
  return with_address([&](sockaddr* a) { check("getsockname", getsockname(fd, a, &size)); }, 0);
}

inline int connect_to(int port) {
  const int fd = new_socket();
  with_address([fd](sockaddr* a) { check("connect", connect(fd, a, sizeof(sockaddr_in))); }, port);
  return fd;
}

/// The server in a process of its own, which ends with this one.
inline pid_t start(Server serve, int listener) {
  std::fflush(nullptr);
  const pid_t server = check("fork", fork());
  if (server != 0) return server;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  serve(listener);
  _exit(0);
}

inline std::string threads_of(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Threads:")) return line.substr(line.find_last_of('\t') + 1);
  }
  return "?";
}

/// Says hello, and waits for the answer; after a while the silent clients leave.
inline void say_hello(int client, std::vector<int>& silent) {
  const auto started = std::chrono::steady_clock::now();
  check("send", send(client, "hello", 5, MSG_NOSIGNAL));
  pollfd answer{.fd = client, .events = POLLIN, .revents = 0};
  if (poll(&answer, 1, silence_ms) == 0) {
    for (const int fd : silent) close(fd);
    silent.clear();
  }
  std::array<char, 5> text{};
  check("recv", recv(client, text.data(), text.size(), MSG_WAITALL));
  const auto took = std::chrono::steady_clock::now() - started;
  std::printf("it hears \"%.5s\" after %.0f ms\n", text.data(),
              std::chrono::duration<double, std::milli>(took).count());
}

/// Plays the audience of `serve`. Returns main()'s status.
inline int run(Server serve) {
  const int listener = listen_on_any_port();
  const pid_t server = start(serve, listener);
  std::vector<int> silent;
  for (int i = 0; i < silent_clients; ++i) silent.push_back(connect_to(port_of(listener)));
  std::printf("%d clients connect and say nothing; one more says \"hello\"\n", silent_clients);
  const int client = connect_to(port_of(listener));
  say_hello(client, silent);
  std::printf("threads of the server: %s\n", threads_of(server).c_str());
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  return 0;
}

}  // namespace demo
