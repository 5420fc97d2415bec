#include "suspicions.hpp"

#include <algorithm>
#include <cctype>

#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

constexpr std::string_view no_value =
    "This coroutine promises a value and never gives one: co_return is missing. What it hands out "
    "then is anything.";
constexpr std::string_view captures =
    "This lambda is a coroutine and captures something. A capture lives in the lambda, not in the "
    "coroutine: when the lambda is gone, it is gone, while the coroutine still runs. Pass it as a "
    "parameter.";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; ++at) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    if (begins && (at + word.size() == text.size() || !is_word(text[at + word.size()])))
      return true;
  }
  return false;
}

/// Behind the bracket that closes the one at `at`; the end if there is none.
std::size_t behind(std::string_view code, std::size_t at, char open, char close) {
  int depth = 0;
  for (; at < code.size(); ++at) {
    if (code[at] == open) ++depth;
    if (code[at] == close && --depth == 0) return at + 1;
  }
  return code.size();
}

/// A function, or a lambda, from what follows its parameters on.
struct Rest {
  std::string_view type;  // what stands after ->
  std::string_view body;  // empty if there is none
};

Rest rest_of(std::string_view code, std::size_t after_parameters) {
  const std::string_view rest = code.substr(after_parameters);
  const std::size_t open = rest.find_first_of("{;=)");
  if (open == std::string_view::npos || rest[open] != '{') return {};
  const std::size_t arrow = rest.substr(0, open).find("->");
  Rest found;
  if (arrow != std::string_view::npos) found.type = trim(rest.substr(arrow + 2, open - arrow - 2));
  found.body = rest.substr(open, behind(rest, open, '{', '}') - open);
  return found;
}

bool is_coroutine(std::string_view body) {
  return has_word(body, "co_await") || has_word(body, "co_return");
}

/// A lambda's body belongs to the lambda.
std::string without_lambdas(std::string_view body);

/// A lambda that begins at `at`: its captures, what it returns, its body; nothing if none does.
struct Lambda {
  std::string_view captures;
  Rest rest;
  std::size_t end = 0;
};

Lambda lambda_at(std::string_view code, std::size_t at) {
  if (code[at] != '[' || code.substr(at).starts_with("[[")) return {};
  const std::size_t before = code.substr(0, at).find_last_not_of(" \n\t");
  const char last = before == std::string_view::npos ? ';' : code[before];
  const bool subscript = last == ')' || last == ']' || last == '[';
  const bool after_word = is_word(last) && !code.substr(0, before + 1).ends_with("return") &&
                          !code.substr(0, before + 1).ends_with("co_await");
  if (subscript || after_word) return {};
  const std::size_t close = behind(code, at, '[', ']');
  std::size_t next = std::min(code.find_first_not_of(" \n\t", close), code.size());
  if (next < code.size() && code[next] == '(') next = behind(code, next, '(', ')');
  Lambda lambda{trim(code.substr(at + 1, close - at - 2)), rest_of(code, next), 0};
  if (!lambda.rest.body.empty()) {
    lambda.end = static_cast<std::size_t>(lambda.rest.body.end() - code.begin());
  }
  return lambda;
}

std::string without_lambdas(std::string_view body) {
  std::string own;
  for (std::size_t at = 0; at < body.size(); ++at) {
    const Lambda lambda = lambda_at(body, at);
    if (lambda.end > at) at = lambda.end;
    if (at < body.size()) own += body[at];
  }
  return own;
}

/// Whether a coroutine with this result gives none. One that throws, or never ends, needs none.
bool gives_nothing(std::string_view result, std::string_view body) {
  const std::string own = without_lambdas(body);
  const bool needs = !result.empty() && result != "void";
  return needs && has_word(own, "co_await") && !has_word(own, "co_return") &&
         !has_word(own, "throw") && !has_word(own, "AIO_TODO") && !has_word(own, "for") &&
         !has_word(own, "while");
}

/// T of a type that begins with Coro<T>, or aio::Coro<T>.
std::string_view result_in(std::string_view type) {
  const std::size_t open = type.find("Coro<");
  if (open == std::string_view::npos) return {};
  const std::size_t end = behind(type, open + 4, '<', '>');
  return trim(type.substr(open + 5, end - open - 6));
}

class Search {
 public:
  explicit Search(std::string_view source) : code_(only_code(source)) {}

  std::vector<Suspicion> all() {
    for (std::size_t at = 0; at < code_.size(); ++at) {
      look_at_function(at);
      look_at_lambda(at);
    }
    return std::move(found_);
  }

 private:
  /// Coro<T> name(…) {…}
  void look_at_function(std::size_t at) {
    const std::string_view code = code_;
    if (!code.substr(at).starts_with("Coro<") || (at > 0 && is_word(code[at - 1]))) return;
    const std::size_t name = behind(code, at + 4, '<', '>');
    const std::size_t open = code.find_first_of("(;{}=,)", name);
    if (open == std::string_view::npos || code[open] != '(') return;
    if (trim(code.substr(name, open - name)).empty()) return;
    const Rest rest = rest_of(code, behind(code, open, '(', ')'));
    if (gives_nothing(result_in(code.substr(at, name - at)), rest.body)) suspect(at, no_value);
  }

  void look_at_lambda(std::size_t at) {
    const Lambda lambda = lambda_at(code_, at);
    if (lambda.rest.body.empty() || !is_coroutine(without_lambdas(lambda.rest.body))) return;
    if (gives_nothing(result_in(lambda.rest.type), lambda.rest.body)) suspect(at, no_value);
    if (lambda.captures.empty() || is_awaited_here(at)) return;
    if (!is_awaited_by_name(at, lambda.end)) suspect(at, captures);
  }

  /// A lambda in an expression that is awaited lives until that is over.
  bool is_awaited_here(std::size_t at) const {
    const std::string_view before = std::string_view(code_).substr(0, at);
    const std::size_t statement = before.find_last_of(";{}");
    return has_word(before.substr(statement == std::string_view::npos ? 0 : statement), "co_await");
  }

  /// Where the block ends that `at` stands in.
  std::size_t end_of_block(std::size_t at) const {
    int depth = 0;
    for (; at < code_.size(); ++at) {
      if (code_[at] == '{') ++depth;
      if (code_[at] == '}' && --depth < 0) break;
    }
    return at;
  }

  /// `const auto call = […] {…};`, and later `co_await f(call)`: it outlives that, too. Beyond its
  /// block the name is another's.
  bool is_awaited_by_name(std::size_t at, std::size_t end) const {
    const std::string_view code = std::string_view(code_).substr(0, end_of_block(end));
    const std::string_view before = trim(code.substr(0, at));
    if (!before.ends_with('=')) return false;
    const std::string_view named = trim(before.substr(0, before.size() - 1));
    const std::size_t start = named.find_last_of(" \n\t*&") + 1;
    const std::string_view name = named.substr(start);
    for (std::size_t from = end; from < code.size();) {
      const std::size_t stop = std::min(code.find_first_of(";{}", from), code.size());
      const std::string_view statement = code.substr(from, stop - from);
      if (has_word(statement, "co_await") && has_word(statement, name)) return true;
      from = stop + 1;
    }
    return false;
  }

  void suspect(std::size_t at, std::string_view sentence) {
    const auto line =
        std::count(code_.begin(), code_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    found_.push_back({static_cast<std::size_t>(line) + 1, sentence});
  }

  std::string code_;
  std::vector<Suspicion> found_;
};

}  // namespace

std::vector<Suspicion> suspicions(std::string_view source) { return Search(source).all(); }

}  // namespace coach
