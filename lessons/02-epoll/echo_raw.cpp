// An echo server on raw epoll: one thread, any number of clients.

#include <cerrno>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "demo.hpp"

namespace {

// [serve]
void watch(int epoll, int fd) {
  epoll_event wanted{.events = EPOLLIN, .data = {.fd = fd}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted);
}

void echo(int client) {
  char buffer[4096];
  const ssize_t count = read(client, buffer, sizeof buffer);  // never sleeps
  if (count == -1 && errno == EAGAIN) return;
  if (count <= 0 || send(client, buffer, static_cast<std::size_t>(count), MSG_NOSIGNAL) != count) {
    close(client);
  }
}

void serve(int listener) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  watch(epoll, listener);
  epoll_event events[64];
  for (;;) {
    const int count = epoll_wait(epoll, events, 64, -1);  // the one place to sleep
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd != listener) {
        echo(fd);
      } else {
        watch(epoll, accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      }
    }
  }
}
// [/serve]

}  // namespace

int main() { return demo::run(serve); }
