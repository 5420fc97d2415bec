#include "highlight.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "html.hpp"

namespace book {

namespace {

using Words = std::set<std::string_view, std::less<>>;

const Words cpp_words = {
    "alignas",      "auto",        "bool",      "break",         "case",     "catch",
    "char",         "class",       "co_await",  "co_return",     "co_yield", "concept",
    "const",        "consteval",   "constexpr", "constinit",     "continue", "decltype",
    "default",      "delete",      "do",        "double",        "else",     "enum",
    "explicit",     "extern",      "false",     "final",         "float",    "for",
    "friend",       "if",          "inline",    "int",           "long",     "mutable",
    "namespace",    "new",         "noexcept",  "nullptr",       "operator", "override",
    "private",      "protected",   "public",    "requires",      "return",   "short",
    "signed",       "sizeof",      "static",    "static_assert", "struct",   "switch",
    "template",     "this",        "throw",     "true",          "try",      "typename",
    "unsigned",     "using",       "virtual",   "void",          "volatile", "while",
    "thread_local", "static_cast", "union"};

const Words python_words = {"False",  "None",    "True",     "and",  "as",    "async",  "await",
                            "break",  "class",   "continue", "def",  "del",   "elif",   "else",
                            "except", "finally", "for",      "from", "if",    "import", "in",
                            "is",     "lambda",  "match",    "not",  "or",    "pass",   "raise",
                            "return", "try",     "while",    "with", "yield", "self",   "nonlocal"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Takes pieces off the front of the code, one after the other.
class Lexer {
 public:
  Lexer(std::string_view code, bool python) : rest_(code), python_(python) {}

  std::string run() {
    while (!rest_.empty()) next();
    return std::move(html_);
  }

 private:
  void next() {
    const char c = rest_.front();
    if (starts_comment()) return take("c", end_of_comment());
    if (c == '"' || c == '\'') return take("s", end_of_string());
    if (c == '#' && !python_ && at_line_start()) return take("p", rest_.find('\n'));
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) return take("n", end_of_number());
    if (is_word(c)) return take_word();
    at_start_ = c == '\n' || (at_start_ && c == ' ');
    html_ += escaped(rest_.substr(0, 1));
    rest_.remove_prefix(1);
  }

  bool at_line_start() const { return at_start_; }
  bool starts_comment() const {
    return python_ ? rest_.starts_with('#') : rest_.starts_with("//") || rest_.starts_with("/*");
  }
  std::size_t end_of_comment() const {
    if (python_ || rest_.starts_with("//")) return rest_.find('\n');
    const std::size_t end = rest_.find("*/", 2);
    return end == rest_.npos ? end : end + 2;
  }
  std::size_t end_of_string() const {
    const char quote = rest_.front();
    const std::string three(3, quote);
    if (python_ && rest_.starts_with(three)) {
      const std::size_t end = rest_.find(three, 3);
      return end == rest_.npos ? end : end + 3;
    }
    for (std::size_t at = 1; at < rest_.size() && rest_[at] != '\n'; ++at) {
      if (rest_[at] == '\\') {
        ++at;
      } else if (rest_[at] == quote) {
        return at + 1;
      }
    }
    return rest_.find('\n');
  }
  /// With its suffix: 10ms, 1'000'000, 0x1f.
  std::size_t end_of_number() const {
    const auto end = std::ranges::find_if_not(
        rest_, [this](char c) { return is_word(c) || c == '.' || (c == '\'' && !python_); });
    return static_cast<std::size_t>(end - rest_.begin());
  }

  void take_word() {
    const auto end = std::ranges::find_if_not(rest_, is_word);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view word = rest_.substr(0, length);
    const Words& words = python_ ? python_words : cpp_words;
    if (words.contains(word)) return take("k", length);
    if (length < rest_.size() && rest_[length] == '(') return take("f", length);
    if (std::isupper(static_cast<unsigned char>(word.front())) != 0) return take("t", length);
    take("", length);
  }

  void take(std::string_view kind, std::size_t length) {
    length = std::min(length, rest_.size());
    at_start_ = false;
    if (!kind.empty()) html_.append("<span class=\"k-").append(kind).append("\">");
    html_ += escaped(rest_.substr(0, length));
    if (!kind.empty()) html_ += "</span>";
    rest_.remove_prefix(length);
  }

  std::string_view rest_;
  bool python_, at_start_ = true;
  std::string html_;
};

/// What one types, in a console, is set off from what is answered.
std::string console(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const bool typed = line.starts_with("$ ");
    html += typed ? "<span class=\"k-typed\">" + escaped(line) + "</span>" : escaped(line);
    if (end < text.size()) html += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return html;
}

}  // namespace

std::string highlighted(std::string_view code, std::string_view language) {
  if (language == "cpp" || language == "python") return Lexer(code, language == "python").run();
  if (language == "console") return console(code);
  return escaped(code);
}

}  // namespace book
