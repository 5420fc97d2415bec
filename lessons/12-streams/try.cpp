// A program of your own: change it as you like, and run it with ./learn try 12. It runs on the
// layers that you have written, and on the reference for the others.

#include <cstdint>
#include <cstdio>
#include <string>

#include <aio/gather.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

aio::Coro<> serve(aio::Stream client) {
  const std::string line = co_await client.read_line();
  client.write("you said " + line);
  co_await client.drain();
}

aio::Coro<> ask(std::uint16_t port) {
  aio::Stream server = co_await aio::open_connection("localhost", port);
  server.write("hello\n");
  const std::string answer = co_await server.read_line();
  std::printf("%s", answer.c_str());
}

aio::Coro<> program() {
  aio::Server server = co_await aio::start_server(serve, "localhost", 0);
  co_await ask(server.port());
  server.close();
  co_await server.wait_closed();
}

int main() { aio::run(program()); }
