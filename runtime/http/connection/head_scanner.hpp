#pragma once
// The pass over the raw bytes of a head, before a parser sees them. It refuses what parsers read
// in different ways: RFC 9112, 2.2, 3 and 5. Whoever forwards one of these to a server that reads
// it in the other way has let a second request through.

#include <cstddef>
#include <string>
#include <string_view>

#include <http/connection/limits.hpp>
#include <http/headers/characters.hpp>
#include <http/message.hpp>

namespace http::detail {

/// What a message begins with. Trailers have no start line.
enum class HeadKind : unsigned char { request, response, trailers };

/// Looks at a head as it comes in, at each byte once. Errors are told as early as they are seen.
class HeadScanner {
 public:
  HeadScanner() = default;
  HeadScanner(HeadKind kind, const Limits& limits) : kind_(kind), limits_(&limits) {}

  /// `bytes` begins where the message does, and grows from call to call. Returns the size of the
  /// head once it is complete, 0 before. Throws ProtocolError.
  std::size_t scan(std::string_view bytes);
  /// The lines that are empty before the start line: where the head begins.
  std::size_t start() const { return start_; }

 private:
  bool take_line(std::string_view line);
  void check_start_line(std::string_view line) const;
  void check_request_line(std::string_view line) const;
  void check_status_line(std::string_view line) const;
  void check_field(std::string_view line);
  void check_unfinished(std::string_view bytes);
  void check_first(std::string_view line) const;
  [[noreturn]] void refuse(const std::string& why) const {
    throw ProtocolError(kind_ == HeadKind::response ? 502 : 400, why);
  }

  static constexpr std::size_t empty_lines = 2;  // before a start line: RFC 9112, 2.2
  static constexpr std::size_t longest_method = 32;

  HeadKind kind_ = HeadKind::request;
  const Limits* limits_ = nullptr;
  std::size_t start_ = 0;    // of the first line that is not empty
  std::size_t line_ = 0;     // where the current line begins
  std::size_t checked_ = 0;  // there is no line end and no control character before
  std::size_t lines_ = 0;    // how many have been taken
};

// Implementation

inline std::size_t HeadScanner::scan(std::string_view bytes) {
  while (true) {
    const std::size_t end = bytes.find('\n', checked_);
    if (end == bytes.npos) break;
    if (end == line_ || bytes[end - 1] != '\r') refuse("a line of the head ends without CR");
    const std::string_view line = bytes.substr(line_, end - 1 - line_);
    if (has_controls(line)) refuse("there is a control character in the head");
    line_ = checked_ = end + 1;
    if (line_ - start_ > limits_->head) throw ProtocolError(431, "the head is too large");
    if (take_line(line)) return line_;
  }
  check_unfinished(bytes);
  return 0;
}

/// Returns whether this line, an empty one, ends the head.
inline bool HeadScanner::take_line(std::string_view line) {
  const bool first = lines_ == 0 && kind_ != HeadKind::trailers;
  if (!line.empty()) {
    first ? check_start_line(line) : check_field(line);
    ++lines_;
    return false;
  }
  if (!first) return true;
  start_ = line_;
  if (start_ > 2 * empty_lines) refuse("there are empty lines before the message");
  return false;
}

inline void HeadScanner::check_unfinished(std::string_view bytes) {
  const std::string_view line = bytes.substr(line_);
  std::string_view unseen = bytes.substr(checked_);
  if (unseen.ends_with('\r')) unseen.remove_suffix(1);  // a line may end here
  if (has_controls(unseen)) refuse("there is a control character in the head");
  checked_ += unseen.size();
  const bool first = lines_ == 0 && kind_ != HeadKind::trailers;
  if (first && !line.empty()) check_first(line);
  if (bytes.size() - start_ > limits_->head) throw ProtocolError(431, "the head is too large");
}

/// What is no message from its first byte on, e.g. TLS, is not waited for.
inline void HeadScanner::check_first(std::string_view line) const {
  if (!is_token_character(line.front()) && line.front() != '\r') {
    refuse("a message does not begin like this");
  }
  if (kind_ == HeadKind::request && line.size() > limits_->target + longest_method) {
    throw ProtocolError(414, "the target of the request is too long");
  }
}

inline void HeadScanner::check_start_line(std::string_view line) const {
  check_first(line);
  kind_ == HeadKind::request ? check_request_line(line) : check_status_line(line);
}

/// Three words with one blank between them.
inline void HeadScanner::check_request_line(std::string_view line) const {
  const std::size_t first = line.find(' ');
  if (!is_token(line.substr(0, first))) refuse("a request begins with a method and a blank");
  if (first == line.npos) refuse("the request line has no target");
  const std::size_t second = line.find(' ', first + 1);
  const std::size_t size = (second == line.npos ? line.size() : second) - first - 1;
  if (size > limits_->target) throw ProtocolError(414, "the target of the request is too long");
  if (size == 0) refuse("there are two blanks in the request line");
  if (second == line.npos) refuse("the request line has no version");
  const std::string_view version = line.substr(second + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    refuse("the request line does not end with HTTP/1.1");
  }
  if (version[5] != '1' || version[7] > '1') {
    throw ProtocolError(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  }
}

inline void HeadScanner::check_status_line(std::string_view line) const {
  if (!line.starts_with("HTTP/1.0 ") && !line.starts_with("HTTP/1.1 ")) {
    refuse("the status line does not begin with HTTP/1.1");
  }
  const std::string_view code = line.substr(9, 3);
  if (code.size() != 3 || code[0] < '1' || !is_digit(code[0]) || !is_digit(code[1]) ||
      !is_digit(code[2]) || (line.size() > 12 && line[12] != ' ')) {
    refuse("the status line has no code of three digits");
  }
}

inline void HeadScanner::check_field(std::string_view line) {
  if (is_blank(line.front())) refuse("a header goes on in another line, or has no name");
  const std::size_t colon = line.find(':');
  if (colon == line.npos) refuse("a header has no colon");
  if (!is_token(line.substr(0, colon))) refuse("the name of a header is none");
  const std::size_t before = kind_ == HeadKind::trailers ? 0 : 1;
  if (lines_ - before >= limits_->fields) throw ProtocolError(431, "there are too many headers");
}

}  // namespace http::detail
