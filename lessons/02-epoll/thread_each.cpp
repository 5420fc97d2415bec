// An echo server with a thread for each client.

#include <thread>

#include <sys/socket.h>
#include <unistd.h>

#include "demo.hpp"

namespace {

void serve_client(int client) {
  char buffer[4096];
  for (ssize_t count; (count = read(client, buffer, sizeof buffer)) > 0;) {
    if (send(client, buffer, static_cast<std::size_t>(count), MSG_NOSIGNAL) == -1) break;
  }
  close(client);
}

// [serve]
void serve(int listener) {
  for (;;) std::thread(serve_client, accept(listener, nullptr, nullptr)).detach();
}
// [/serve]

}  // namespace

int main() { return demo::run(serve); }
