// The runtime's HTTP: a server that says hello (W11), a client (W12), an echo by WebSocket (W13).
//
//   peer-http W11 0            prints its port, and serves until it is killed
//   peer-http W12 PORT         10,000 requests over 100 connections
//   peer-http W13 0

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>
#include <http/websocket.hpp>

#include "harness/peer.hpp"

namespace {

using aio::Coro;

constexpr int requests = 10'000, connections = 100;

Coro<http::Response> hello(http::ServerRequest&) { co_return http::Response(200, "hello\n"); }

Coro<> echo(http::WebSocket& socket) {
  while (auto message = co_await socket.receive()) {
    co_await socket.send_bytes(std::move(message->data));
  }
}

Coro<http::Response> chat(http::ServerRequest& request) {
  co_return http::serve_websocket(request, echo);
}

Coro<> serve(http::Handler handler) {
  http::ServerOptions options;
  options.tcp.backlog = 1024;
  http::Server server = co_await http::serve(std::move(handler), "127.0.0.1", 0, options);
  peers::announce_port(server.port());
  co_await server.serve_forever();
}

Coro<> ask(http::Client& client, std::string url, int count) {
  for (int i = 0; i < count; ++i) {
    const http::ClientResponse response = co_await client.get(url);
    if (response.body != "hello\n") throw std::runtime_error("another answer");
  }
}

Coro<> ask_all(long port) {
  http::ClientOptions options;
  options.per_origin = connections;
  http::Client client(options);
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
  std::vector<Coro<>> all;
  for (int i = 0; i < connections; ++i) all.push_back(ask(client, url, requests / connections));
  co_await aio::gather(std::move(all));
}

peers::Done measure_client(long port, long) {
  aio::run(ask_all(port));
  return {requests};
}

peers::Done serve_hello(long, long) {
  aio::run(serve(hello));
  return {};
}

peers::Done serve_echo(long, long) {
  aio::run(serve(chat));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  return peers::measure(
      argc, argv,
      {{"W11", serve_hello, false}, {"W12", measure_client, false}, {"W13", serve_echo, false}});
}
