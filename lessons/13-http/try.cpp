// A program of your own: change it as you like, and run it with ./learn try 13. It runs on the
// layers that you have written, and on the reference for the others.

#include <cstdio>
#include <string>
#include <utility>

#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

aio::Coro<http::Response> greet(http::ServerRequest& request) {
  co_return http::Response(200, "Hello " + request.parameter("name") + ".\n");
}

aio::Coro<> program() {
  http::Router router;
  router.get("/hello/{name}", greet);
  http::Server server = co_await http::serve(std::move(router), "127.0.0.1", 0);
  http::Client client;
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  const http::ClientResponse response = co_await client.get(url + "/hello/Ada");
  std::printf("%d %s", response.status, response.body.c_str());
  co_await server.shutdown();
}

int main() { aio::run(program()); }
