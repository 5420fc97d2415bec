#pragma once
// Bytes in, one message out. What a message is, llhttp decides (src/parser.cpp); what it lets
// through is refused before and after it: head_scanner.hpp, checks.hpp.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <http/connection/checks.hpp>
#include <http/connection/head_scanner.hpp>
#include <http/connection/limits.hpp>
#include <http/message.hpp>

namespace http::detail {

class Llhttp;

/// Parses one message after the other. The bytes may come in any pieces.
class Parser {
 public:
  Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser();

  /// The next message is a request. REQUIRES: `into` and `limits` live until it is done.
  void begin(Request& into, const Limits& limits);
  /// The next message is the response to a request with that method.
  void begin(Response& into, std::string_view method, const Limits& limits);

  /// Takes bytes of the message, and returns how many. It stops after the head and at the end of
  /// the message; what is left belongs to what follows. Bytes of the body are appended to `body`.
  /// Throws ProtocolError; the connection is of no use then.
  std::size_t feed(std::string_view bytes, std::string& body);
  /// The stream has ended. Returns whether the message has, too.
  bool finish();

  /// A byte has come that is not one of the empty lines before a message.
  bool started() const { return started_; }
  bool has_head() const { return stage_ != Stage::head; }
  bool done() const { return stage_ == Stage::done; }
  /// How the end of the body is known. REQUIRES: has_head()
  const Framing& framing() const { return framing_; }

 private:
  friend Llhttp;
  enum class Stage : unsigned char { head, body, trailers, done };

  void begin(HeadKind kind, const Limits& limits);
  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_trailers(std::string_view bytes, std::string& body);
  std::size_t feed_body(std::string_view bytes, std::string& body);
  void take_head(std::string_view head);
  void check_head();
  std::size_t gather(std::string_view bytes, std::string_view& complete);
  void check_overhead(std::size_t other_bytes);

  const Limits* limits_ = nullptr;
  std::unique_ptr<Llhttp> llhttp_;
  HeadScanner scanner_;
  std::string pending_;  // of a head that is not complete
  Framing framing_;
  Stage stage_ = Stage::head;
  bool started_ = false;
  std::uint64_t chunks_ = 0, body_bytes_ = 0, overhead_ = 0;
};

}  // namespace http::detail
