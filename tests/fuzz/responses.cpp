// Bytes for our client: whatever they are, it makes the same of them wherever they are cut.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <aio/task.hpp>
#include <http/client.hpp>

#include "fuzz/input.hpp"
#include "support/http_pair.hpp"

namespace {

using aio::Coro;

/// A server that sends the bytes to whoever asks.
struct Server {
  Coro<http::Channel> connect(http::Url) {
    tests::StreamPair pair;
    tasks.push_back(aio::create_task(serve(std::move(*pair.far))));
    co_return http::Channel(std::move(*pair.near));
  }
  Coro<> serve(aio::Stream stream) {
    co_await stream.read();
    co_await fuzz::send(stream, pieces);
  }

  fuzz::Pieces pieces;
  std::vector<aio::Task<>> tasks = {};
};

Coro<std::string> outcome(fuzz::Pieces pieces, const char* method) {
  Server server{std::move(pieces)};
  http::ClientOptions options;
  options.limits.body = 1 << 20;
  options.redirects = 1;
  options.cookies = std::make_shared<http::CookieJar>();
  http::Connector connector = [&server](http::Url url) { return server.connect(std::move(url)); };
  std::string text;
  {
    http::Client client(options, std::move(connector));
    try {
      http::ClientResponse response = co_await client.open(method, "http://h/a?b");
      text = std::to_string(response.status) + response.reason + "\n";
      text.append(response.headers.text()).append(response.url().text()).append("\n");
      const std::string body = co_await response.read_all();
      text.append(body);
    } catch (const http::ProtocolError&) {
      text += "refused";  // what is found first depends on the pieces
    } catch (const std::exception& error) {
      text += error.what();
    }
  }
  for (aio::Task<>& task : server.tasks) co_await task;
  co_return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr const char* methods[] = {"GET", "HEAD", "POST", "DELETE"};
  const fuzz::Input input(data, size);
  const char* const method = methods[input.choice % 4];
  fuzz::compare(fuzz::run(outcome(fuzz::whole(input), method)),
                fuzz::run(outcome(fuzz::cut(input), method)));
  return 0;
}
