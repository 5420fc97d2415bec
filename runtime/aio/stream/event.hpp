#pragma once
// What a task may wait for at a stream, besides bytes.

namespace aio::detail {

enum class StreamEvent : unsigned char { drained, flushed, closed, connected };

/// For reports: what a task waits for.
inline const char* name_of(StreamEvent event) {
  switch (event) {
    case StreamEvent::drained:
      return "room to write";
    case StreamEvent::flushed:
      return "its output to be sent";
    case StreamEvent::connected:
      return "a connection";
    default:
      return "a stream to close";
  }
}

}  // namespace aio::detail
