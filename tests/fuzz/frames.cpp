// Bytes for our WebSockets: whatever they are, both sides make the same of them wherever they are
// cut.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

#include <aio/task.hpp>
#include <http/websocket.hpp>

#include "fuzz/input.hpp"
#include "support/http_pair.hpp"

namespace {

using aio::Coro;

Coro<> drop_all(aio::Stream& stream) {
  try {
    while (!stream.at_eof()) co_await stream.read();
  } catch (const std::system_error&) {
  }
}

Coro<std::string> messages(http::WebSocket& socket) {
  std::string text;
  try {
    while (auto message = co_await socket.receive()) {
      text.append(message->is_text ? "text " : "bytes ").append(message->data).append("\n");
    }
  } catch (const std::exception& error) {
    text += error.what();
  }
  co_return text + " " + std::to_string(socket.close_code()) + " " + socket.close_reason();
}

Coro<std::string> outcome(fuzz::Pieces pieces, http::WebSocketSide side) {
  tests::StreamPair pair;
  aio::Task<> sent = aio::create_task(fuzz::send(*pair.far, std::move(pieces)));
  aio::Task<> drained = aio::create_task(drop_all(*pair.far));
  http::WebSocketOptions options;
  options.longest_message = 100'000;
  std::string text;
  {
    http::Channel channel(std::move(*pair.near));
    http::WebSocket socket(std::move(channel), side, options);
    text = co_await messages(socket);
    co_await sent;
  }
  co_await drained;
  co_return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const auto side =
      input.choice % 2 == 0 ? http::WebSocketSide::server : http::WebSocketSide::client;
  fuzz::compare(fuzz::run(outcome(fuzz::whole(input), side)),
                fuzz::run(outcome(fuzz::cut(input), side)));
  return 0;
}
