// An echo server, and three clients that talk to it, in one program and one thread.

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

namespace {

// [echo]
aio::Coro<> echo(aio::Stream client) {
  while (true) {
    const std::string line = co_await client.read_line();
    if (line.empty()) co_return;
    client.write(line);
    co_await client.drain();
  }
}
// [/echo]

// [client]
aio::Coro<> client(std::string name, std::uint16_t port) {
  aio::Stream server = co_await aio::open_connection("localhost", port);
  for (const char* word : {"hello", "and", "bye"}) {
    server.write(name + " says " + word + "\n");
    const std::string back = co_await server.read_line();
    std::printf("%s", back.c_str());
  }
}
// [/client]

aio::Coro<> talk() {
  aio::Server server = co_await aio::start_server(echo, "localhost", 0);
  co_await aio::gather(client("ann", server.port()), client("bob", server.port()),
                       client("cid", server.port()));
  server.close();
  co_await server.wait_closed();
}

}  // namespace

int main() { aio::run(talk()); }
