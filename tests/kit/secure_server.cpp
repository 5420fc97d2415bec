// A server for tests with real clients: prints its ports, one in clear and one under TLS, and
// serves until it is interrupted: "hello" to HTTP, and an echo to WebSocket.
//
//   kit-secure-server CERTIFICATE KEY

#include <cstdio>
#include <string>
#include <utility>

#include <aio/server.hpp>
#include <aio/task.hpp>
#include <http/connection.hpp>
#include <http/tls.hpp>
#include <http/websocket.hpp>

namespace {

using aio::Coro;

Coro<> echo(http::Connection& connection) {
  http::WebSocket socket(connection, http::WebSocketSide::server);
  while (auto message = co_await socket.receive()) {
    if (message->is_text) {
      co_await socket.send(std::move(message->data));
    } else {
      co_await socket.send_bytes(std::move(message->data));
    }
  }
}

Coro<> talk(http::Channel channel) {
  http::Connection connection(std::move(channel));
  http::Request request;
  while (connection.reusable() && co_await connection.read_request(request)) {
    const bool wants_websocket = request.headers.contains("Upgrade");
    http::Response response(200, "hello\n");
    if (wants_websocket) response = http::websocket_response(request);
    http::detail::Framing framing;
    if (response.status != 101) framing.length = response.body.size();
    connection.write_head(response, response.status != 101, framing);
    if (response.status != 101) connection.write(response.body);
    connection.finish();
    co_await connection.flush();
    if (response.status == 101) co_return co_await echo(connection);
  }
  connection.channel().close();
}

Coro<> serve(std::string certificate, std::string key) {
  const auto context = http::tls::Context::server(certificate, key);
  const auto in_clear = [](aio::Stream stream) { return talk(http::Channel(std::move(stream))); };
  const auto secured = [context](aio::Stream stream) -> Coro<> {
    http::tls::Stream under_tls = co_await http::tls::start_tls(std::move(stream), context);
    http::Channel channel(std::move(under_tls));
    co_await talk(std::move(channel));
  };
  aio::Server clear = co_await aio::start_server(in_clear, "127.0.0.1", 0);
  aio::Server tls = co_await aio::start_server(secured, "127.0.0.1", 0);
  std::printf("%d %d\n", clear.port(), tls.port());
  std::fflush(stdout);
  co_await tls.serve_forever();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  try {
    aio::run(serve(arguments[1], arguments[2]));
  } catch (const aio::KeyboardInterrupt&) {
  }
}
