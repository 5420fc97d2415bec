// Uses all that is installed of HTTP: a server and a client, gzip's, TLS's and WebSocket's parts.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <aio/aio.hpp>
#include <http/client.hpp>
#include <http/event_source.hpp>
#include <http/server.hpp>
#include <http/static_files.hpp>
#include <http/tls.hpp>
#include <http/websocket_client.hpp>

namespace {

using aio::Coro;

Coro<> echo(http::WebSocket& socket) {
  while (auto message = co_await socket.receive()) co_await socket.send(std::move(message->data));
}

Coro<http::Response> answer(http::ServerRequest& request) {
  if (request.path() == "/chat") co_return http::serve_websocket(request, echo);
  co_return http::Response(200, "hello");
}

Coro<bool> talk() {
  http::Server server = co_await http::serve(answer, "127.0.0.1", 0);
  const std::string where = "127.0.0.1:" + std::to_string(server.port());
  http::Client client({}, http::tcp_connector(http::tls::Context::client()));
  const http::ClientResponse response = co_await client.get("http://" + where + "/");
  const auto socket = co_await http::connect_websocket("ws://" + where + "/chat");
  co_await socket->send("hello");
  const auto message = co_await socket->receive();
  co_await socket->close();
  co_await server.shutdown();
  co_return response.body == "hello" && message && message->data == "hello";
}

}  // namespace

int main() {
  const bool well = aio::run(talk());
  std::puts(well ? "hello" : "no answer");
  return well ? 0 : 1;
}
