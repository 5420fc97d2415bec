// A server for tests with real clients: prints its port, and the one under TLS if it is given a
// certificate, and serves until it is interrupted. Hasty, it gives up on slow clients in a second.
// With --streams, it is no server of HTTP, but one that echoes, to be compared with. With --noting,
// it takes its time until it is told to stop, by SIGTERM or SIGINT, and then prints which requests
// it has begun, a number on each line, and which it had to cut.
//
//   kit-http-server [--hasty | --streams | --noting] [CERTIFICATE KEY]

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/server.hpp>
#include <aio/signals.hpp>
#include <aio/sleep.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/event_stream.hpp>
#include <http/server.hpp>
#include <http/websocket.hpp>

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

/// More than all buffers on the way to a client hold.
Coro<Response> large(ServerRequest&) {
  Response response(200, "");
  response.stream = [](http::BodyWriter out) -> Coro<> {
    for (int i = 0; i < 500; ++i) co_await out.write(std::string(64 * 1024, 'x'));
  };
  co_return response;
}

Coro<Response> slow(ServerRequest&) {
  co_await aio::sleep(std::chrono::milliseconds(300));
  co_return Response(200, "slow\n");
}

Coro<> echo_messages(http::WebSocket& socket) {
  while (auto message = co_await socket.receive()) {
    if (message->is_text) {
      co_await socket.send(std::move(message->data));
    } else {
      co_await socket.send_bytes(std::move(message->data));
    }
  }
}

Coro<Response> chat(ServerRequest& request) {
  co_return http::serve_websocket(request, echo_messages);
}

/// Three events, which go on after the last one that the client has; then the connection ends.
Coro<Response> events(ServerRequest& request) {
  const std::string last = http::last_event_id(request);
  const int first = last.empty() ? 1 : std::stoi(last) + 1;
  co_return http::event_stream_response([first](http::BodyWriter out) -> Coro<> {
    co_await out.write(http::format_retry(std::chrono::milliseconds(50)));
    for (int i = first; i < first + 3; ++i) {
      const std::string number = std::to_string(i);
      const http::ServerEvent event{"event\n" + number, "", number};
      co_await out.write(http::format_event(event));
    }
  });
}

/// Draws what comes by a WebSocket and by events.
Coro<Response> page(ServerRequest&) {
  static constexpr std::string_view text = R"(<!doctype html>
<title>waiting</title>
<link rel="icon" href="data:,">
<ul id="messages"></ul><ul id="events"></ul>
<script>
const draw = (where, text) => {
  const line = document.createElement('li');
  line.textContent = text;
  document.getElementById(where).append(line);
};
const socket = new WebSocket(location.origin.replace('http', 'ws') + '/chat');
socket.onopen = () => { for (const text of ['one', 'Grüße', 'x'.repeat(70000)]) socket.send(text); };
socket.onmessage = message => draw('messages', message.data.slice(0, 10));
const source = new EventSource('/events');
source.onmessage = event => {
  if (event.lastEventId > 5) source.close();
  draw('events', event.data.replace('\n', ' '));
};
document.title = 'drawn';
</script>
)";
  co_return Response(200, std::string(text), "text/html; charset=utf-8");
}

http::Router routes() {
  http::Router router;
  router.get("/hello", hello).post("/echo", echo).get("/count/{most}", count).get("/slow", slow);
  router.get("/large", large);
  router.get("/chat", chat).get("/events", events).get("/page", page);
  return router;
}

Coro<> serve(bool hasty, http::tls::Context secured) {
  http::ServerOptions options;
  if (hasty) options.head = options.body = options.write = std::chrono::seconds(1);
  http::Server clear = co_await http::serve(routes(), "127.0.0.1", 0, options);
  std::printf("%d", clear.port());
  options.tls = std::move(secured);
  std::optional<http::Server> under_tls;
  if (options.tls) {
    under_tls = co_await http::serve(routes(), "127.0.0.1", 0, options);
    std::printf(" %d", under_tls->port());
  }
  std::puts("");
  std::fflush(stdout);
  co_await clear.serve_forever();
}

Coro<> echo_bytes(aio::Stream stream) {
  while (true) {
    const std::string bytes = co_await stream.read();
    if (bytes.empty()) break;
    co_await stream.write_all(bytes);
  }
}

Coro<> serve_streams() {
  aio::Server server = co_await aio::start_server(echo_bytes, "127.0.0.1", 0);
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  co_await server.serve_forever();
}

Coro<> serve_noting() {
  std::vector<std::string> begun;
  const auto note = [&begun](ServerRequest& request) -> Coro<Response> {
    std::string number = request.parameter("number");
    begun.push_back(number);
    co_await aio::sleep(std::chrono::milliseconds(number.size() + number.back() % 8));
    co_return Response(200, std::move(number));
  };
  http::Router router;
  router.get("/note/{number}", note);
  http::Server server = co_await http::serve(std::move(router), "127.0.0.1", 0);
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  co_await aio::stop_signal();
  for (const std::string& line : co_await server.shutdown(std::chrono::seconds(10))) {
    std::printf("cut %s\n", line.c_str());
  }
  for (const std::string& number : begun) std::puts(number.c_str());
}

Coro<> chosen(std::string_view mode, http::tls::Context secured) {
  if (mode == "--streams") return serve_streams();
  if (mode == "--noting") return serve_noting();
  return serve(mode == "--hasty", std::move(secured));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view first = count > 1 ? arguments[1] : "";
  http::tls::Context secured;
  if (count >= 3) secured = http::tls::Context::server(arguments[count - 2], arguments[count - 1]);
  try {
    aio::run(chosen(first, std::move(secured)));
  } catch (const aio::KeyboardInterrupt&) {
  }
}
