// An echo server that blocks: it serves one client to the end, then takes the next.

#include <sys/socket.h>
#include <unistd.h>

#include "demo.hpp"

namespace {

// [serve]
void serve_client(int client) {
  char buffer[4096];
  for (ssize_t count; (count = read(client, buffer, sizeof buffer)) > 0;) {  // sleeps in read()
    if (send(client, buffer, static_cast<std::size_t>(count), MSG_NOSIGNAL) == -1) break;
  }
  close(client);
}

void serve(int listener) {
  for (;;) serve_client(accept(listener, nullptr, nullptr));
}
// [/serve]

}  // namespace

int main() { return demo::run(serve); }
