// A client for tests with real servers: does what it is told, one thing after the other, and prints
// what came of it, a line each.
//
//   kit-http-client TRUSTED (get URL | many COUNT URL | chat URL | events COUNT URL)…
//
// TRUSTED is a file of certificates. `get`: the status, the size of the body and its checksum, or
// what was thrown; `many`: the same of so many at once, all of which must be equal; `chat`: sends
// to a WebSocket that echoes; `events`: the data of so many.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <zlib.h>

#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/cookies.hpp>
#include <http/event_source.hpp>
#include <http/websocket_client.hpp>

namespace {

using aio::Coro;
namespace tls = http::tls;

std::string name_of(tls::Reason reason) {
  switch (reason) {
    case tls::Reason::expired:
      return "expired";
    case tls::Reason::self_signed:
      return "self-signed";
    case tls::Reason::unknown_issuer:
      return "unknown issuer";
    case tls::Reason::wrong_name:
      return "wrong name";
    case tls::Reason::plain_text:
      return "plain text";
    default:
      return "another reason";
  }
}

Coro<std::string> get(http::Client& client, std::string url) {
  try {
    const http::ClientResponse response = co_await client.get(url);
    const auto* const bytes = reinterpret_cast<const Bytef*>(response.body.data());
    const auto sum = ::crc32(0, bytes, static_cast<uInt>(response.body.size()));
    co_return std::to_string(response.status) + " " + std::to_string(response.body.size()) + " " +
        std::to_string(sum);
  } catch (const tls::Error& error) {
    co_return "refused: " + name_of(error.reason);
  } catch (const std::exception& error) {
    co_return std::string("failed: ") + error.what();
  }
}

Coro<std::string> get_many(http::Client& client, int count, std::string url) {
  std::vector<Coro<std::string>> all;
  for (int i = 0; i < count; ++i) all.push_back(get(client, url));
  const std::vector<std::string> answers = co_await aio::gather(std::move(all));
  for (const std::string& answer : answers) {
    if (answer != answers.front()) co_return "not equal: " + answer + ", " + answers.front();
  }
  co_return answers.front();
}

Coro<std::string> chat(tls::Context trust, std::string url) {
  const auto socket = co_await http::connect_websocket(url, http::WebSocketClientOptions(),
                                                       http::tcp_connector(std::move(trust)));
  for (const std::string text : {"hello", "", "Grüße"}) {
    co_await socket->send(text);
    const auto answer = co_await socket->receive();
    if (!answer || answer->data != text || !answer->is_text) co_return "another text than " + text;
  }
  for (const std::size_t size : {0, 125, 126, 65'535, 65'536, 300'000}) {
    const std::string bytes(size, '\xff');
    co_await socket->send_bytes(bytes);
    const auto answer = co_await socket->receive();
    if (!answer || answer->data != bytes || answer->is_text) co_return "other bytes";
  }
  co_await socket->close(4000, "enough");
  co_return "closed with " + std::to_string(socket->close_code());
}

Coro<std::string> events(http::Client& client, int count, std::string url) {
  http::EventSource source(client, std::move(url));
  std::string all;
  for (int i = 0; i < count; ++i) {
    const auto event = co_await source.next();
    all += (i == 0 ? "" : ",") + (event ? event->data : "end");
  }
  co_return all;
}

Coro<> obey(std::vector<std::string> words) {
  const tls::Context trust = tls::Context::client(tls::ClientOptions(words.at(0)));
  http::ClientOptions options;
  options.cookies = std::make_shared<http::CookieJar>();
  http::Client client(options, http::tcp_connector(trust));
  for (std::size_t at = 1; at < words.size(); ++at) {
    const std::string what = words[at];
    const bool counts = what == "many" || what == "events";
    const int count = counts ? std::stoi(words.at(++at)) : 1;
    const std::string url = words.at(++at);
    std::string came;
    if (what == "get") came = co_await get(client, url);
    if (what == "many") came = co_await get_many(client, count, url);
    if (what == "chat") came = co_await chat(trust, url);
    if (what == "events") came = co_await events(client, count, url);
    std::puts(came.c_str());
  }
}

}  // namespace

int main(int count, char** arguments) {
  aio::run(obey(std::vector<std::string>(arguments + 1, arguments + count)));
}
