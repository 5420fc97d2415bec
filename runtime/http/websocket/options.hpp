#pragma once
// How a WebSocket works.

#include <chrono>
#include <cstddef>
#include <optional>

#include <aio/support/delay.hpp>

namespace http {

/// How a WebSocket works. With a constructor, so that it may stand in a co_await expression.
struct WebSocketOptions {
  WebSocketOptions() {}

  std::size_t longest_message = std::size_t{1} << 20;  // in bytes; a longer one ends with 1009
  /// How long the other side may be silent until it is asked; nothing: for ever.
  std::optional<aio::Delay> ping_interval = std::chrono::seconds(20);
  aio::Delay pong_limit = std::chrono::seconds(20);    // any byte is an answer
  aio::Delay close_limit = std::chrono::seconds(10);   // for the other side's Close
  aio::Delay hang_up_limit = std::chrono::seconds(1);  // and then for the end of the connection
};

}  // namespace http
