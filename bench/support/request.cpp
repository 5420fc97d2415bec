#include "support/request.hpp"

#include <cerrno>
#include <stdexcept>

#include <sys/socket.h>

#include "support/loopback_server.hpp"

namespace bench {

using aio::check_syscall;

aio::UniqueFd start_to_connect(std::uint16_t port) {
  aio::UniqueFd fd(
      check_syscall("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
  forget_at_close(fd.get());
  const sockaddr_in address = loopback(port);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  if (connect(fd.get(), where, sizeof address) == -1 && errno != EINPROGRESS) {
    check_syscall("connect", -1);
  }
  return fd;
}

void forget_at_close(int fd) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  check_syscall("setsockopt", setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
}

void send_question(int fd) {
  check_syscall("send", static_cast<int>(send(fd, "?", 1, MSG_NOSIGNAL)));
}

int receive_answer(int fd) {
  char answer = 0;
  if (check_syscall("recv", static_cast<int>(recv(fd, &answer, 1, 0))) != 1) {
    throw std::runtime_error("the server closed the connection");
  }
  return answer == '?' ? 1 : 0;
}

}  // namespace bench
