// A server for tests with real clients: prints its port, and serves until it is interrupted.

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/sleep.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>

namespace {

using aio::Coro;
using http::Response, http::ServerRequest;

Coro<Response> hello(ServerRequest&) { co_return Response(200, "hello\n"); }

Coro<Response> echo(ServerRequest& request) {
  std::string body = co_await request.read_all();
  co_return Response(200, std::move(body), "application/octet-stream");
}

Coro<Response> count(ServerRequest& request) {
  const int most = std::stoi(request.parameter("most"));
  Response response(200, "");
  response.stream = [most](http::BodyWriter out) -> Coro<> {
    for (int i = 1; i <= most; ++i) co_await out.write(std::to_string(i) + "\n");
  };
  co_return response;
}

Coro<Response> slow(ServerRequest&) {
  co_await aio::sleep(std::chrono::milliseconds(300));
  co_return Response(200, "slow\n");
}

Coro<> serve() {
  http::Router router;
  router.get("/hello", hello).post("/echo", echo).get("/count/{most}", count).get("/slow", slow);
  http::Server server = co_await http::serve(std::move(router), "127.0.0.1", 0);
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  co_await server.serve_forever();
}

}  // namespace

int main() {
  try {
    aio::run(serve());
  } catch (const aio::KeyboardInterrupt&) {
  }
}
