#pragma once
// Exercise fix-13b: a client that keeps its connection for the next question.

#include <charconv>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

/// Asks one server, one question at a time.
class Asker {
 public:
  using Connect = std::function<aio::Coro<aio::Stream>()>;

  explicit Asker(Connect connect) : connect_(std::move(connect)) {}

  /// GET target; gives the body of the response. Cancelled, it may be asked again at once.
  aio::Coro<std::string> ask(std::string target);
  /// Whether the server has something there: its status is less than 400. The body is not read.
  aio::Coro<bool> exists(std::string target);

 private:
  struct Head {
    int status = 0;
    std::size_t length = 0;  // of the body, which comes next
    bool closes = false;     // the server says that it closes the connection
  };

  /// Sends a question, and reads the head of the answer.
  static aio::Coro<Head> question(aio::Stream& stream, std::string target);

  Connect connect_;
  std::optional<aio::Stream> kept_;  // for the next question
};

inline aio::Coro<Asker::Head> Asker::question(aio::Stream& stream, std::string target) {
  stream.write("GET " + target + " HTTP/1.1\r\nHost: here\r\n\r\n");
  const std::string text = co_await stream.read_until("\r\n\r\n");
  Head head;
  const auto number_behind = [&text](const char* name, auto& number) {
    const std::size_t at = text.find(name);
    if (at == text.npos) return;
    const char* const digits = text.data() + at + std::string(name).size();
    std::from_chars(digits, text.data() + text.size(), number);
  };
  number_behind("HTTP/1.1 ", head.status);
  number_behind("Content-Length: ", head.length);
  head.closes = text.find("Connection: close") != text.npos;
  co_return head;
}
