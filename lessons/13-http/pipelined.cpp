// Three requests in one go. Predict what is printed, and in which order.

#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>

#include <aio/connect.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>

using namespace std::chrono_literals;
using aio::Coro;

/// GET /slow takes a second, everything else no time.
Coro<http::Response> answer(http::ServerRequest& request) {
  const std::string path(request.path());
  std::cout << "server begins " << path << std::endl;
  if (path == "/slow") co_await aio::sleep(1s);
  std::cout << "server ends " << path << std::endl;
  co_return http::Response(200, path);
}

// [client]
Coro<> ask(std::uint16_t port) {
  aio::Stream stream = co_await aio::open_connection("127.0.0.1", port);
  stream.write("GET /slow HTTP/1.1\r\nHost: here\r\n\r\n");
  stream.write("GET /quick HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  stream.write("GET /late HTTP/1.1\r\nHost: here\r\n\r\n");
  std::cout << "client has sent three requests" << std::endl;
  const std::string all = co_await stream.read_all();
  for (const std::string path : {"/slow", "/quick", "/late"}) {
    const bool answered = all.find("\r\n\r\n" + path) != all.npos;
    std::cout << path << (answered ? " was answered" : " was not answered") << std::endl;
  }
}
// [/client]

Coro<> program() {
  http::Server server = co_await http::serve(answer, "127.0.0.1", 0);
  co_await ask(server.port());
}

int main() { aio::run(program()); }
