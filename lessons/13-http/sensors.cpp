// A sensor that tells what it measures, as server-sent events: the response lasts as long as there
// is something to tell. The connection breaks on the way, and nothing is lost.
//
//   ./learn demo 13 sensors         a client that comes back
//   build/dev/bin/13-sensors 8000   a page for your browser, http://127.0.0.1:8000/

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/event_source.hpp>
#include <http/event_stream.hpp>
#include <http/server.hpp>

#include "serving.hpp"

using namespace std::chrono_literals;

namespace {

/// The reading with that number. A real sensor is asked over a serial port.
std::string reading(unsigned long number) {
  constexpr int tenths[] = {204, 206, 209, 211, 208};
  const int value = tenths[number % 5];
  return std::to_string(value / 10) + "." + std::to_string(value % 10) + " °C";
}

/// Zero for what is no number: who asks may send anything.
unsigned long number_of(std::string_view text) {
  unsigned long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Some readings, and then the connection breaks.
constexpr unsigned long readings_at_a_time = 3;

// [sensor]
/// Goes on after the reading that the client has got last; before the first one that is 0.
aio::Coro<http::Response> sensor(http::ServerRequest& request) {
  const unsigned long last = number_of(http::last_event_id(request));
  if (last > 0) std::printf("   somebody comes back after reading %lu\n", last);
  auto write = [last](http::BodyWriter body) -> aio::Coro<> {
    co_await body.write(http::format_retry(100ms));
    for (unsigned long i = last + 1; i <= last + readings_at_a_time; ++i) {
      const http::ServerEvent event{.data = reading(i), .type = "reading", .id = std::to_string(i)};
      co_await body.write(http::format_event(event));
      co_await aio::sleep(100ms);
    }
  };
  co_return http::event_stream_response(std::move(write));
}
// [/sensor]

http::Router routes() {
  http::Router router;
  router.get("/readings", sensor);
  serving::add_page(router, "sensors.html");
  return router;
}

// [listen]
aio::Coro<> listen(std::string url) {
  http::Client client;
  http::EventSource source(client, url);
  for (int i = 0; i < 8; ++i) {
    const auto event = co_await source.next();
    std::printf("%s  %s\n", event->id->c_str(), event->data.c_str());
  }
}
// [/listen]

aio::Coro<> run() {
  const http::Server server = co_await http::serve(routes(), "127.0.0.1", 0);
  co_await listen("http://127.0.0.1:" + std::to_string(server.port()) + "/readings");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return aio::run(run()), 0;
  return serve_until_stopped(routes(), argv[1]);
}
