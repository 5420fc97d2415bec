#include "tags.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <utility>

#include <fmt/format.h>

#include "mistake.hpp"
#include "text.hpp"

namespace coach {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Walks through C++ code, passing over comments and literals.
class Scanner {
 public:
  using Spans = std::vector<std::pair<std::size_t, std::size_t>>;

  /// Notes in `comments` where comments begin and end.
  Scanner(std::string_view source, std::size_t at, Spans* comments = nullptr)
      : source_(source), at_(at), comments_(comments) {
    pass_over_text();
  }

  bool more() const { return at_ < source_.size(); }
  std::size_t at() const { return at_; }
  char now() const { return source_[at_]; }
  /// The last character of code before this one; blanks do not count.
  char last() const { return last_; }
  /// Whether this word begins here.
  bool at_word(std::string_view word) const {
    const bool begins = at_ == 0 || !is_word(source_[at_ - 1]);
    return begins && looking_at(word) &&
           !is_word(source_[std::min(at_ + word.size(), source_.size() - 1)]);
  }

  void step() {
    if (!std::isspace(static_cast<unsigned char>(now()))) last_ = now();
    ++at_;
    pass_over_text();
  }

 private:
  bool looking_at(std::string_view text) const { return source_.substr(at_).starts_with(text); }
  void skip_past(std::string_view end, std::size_t from) {
    const std::size_t found = source_.find(end, from);
    at_ = found == std::string_view::npos ? source_.size() : found + end.size();
  }

  void skip_comment(std::string_view end) {
    const std::size_t begin = at_;
    skip_past(end, at_ + 2);
    if (comments_ != nullptr) comments_->emplace_back(begin, at_);
  }

  void pass_over_text() {
    for (std::size_t before = source_.size() + 1; more() && before != at_;) {
      before = at_;
      if (looking_at("//"))
        skip_comment("\n");
      else if (looking_at("/*"))
        skip_comment("*/");
      else if (looking_at("R\""))
        skip_raw_string();
      else if (now() == '"')
        skip_quoted('"');
      else if (now() == '\'' && !in_number())
        skip_quoted('\'');
      else if (now() == '#' && first_on_its_line())
        skip_directive();
    }
  }
  /// 1'000'000
  bool in_number() const {
    std::size_t start = at_;
    while (start > 0 && (is_word(source_[start - 1]) || source_[start - 1] == '\'')) --start;
    return start < at_ && std::isdigit(static_cast<unsigned char>(source_[start])) != 0;
  }
  bool first_on_its_line() const {
    const std::size_t before = source_.substr(0, at_).find_last_not_of(" \t");
    return before == std::string_view::npos || source_[before] == '\n';
  }
  void skip_directive() {
    while (more() && now() != '\n') at_ += now() == '\\' ? 2 : 1;
  }
  void skip_raw_string() {
    const std::size_t open = source_.find('(', at_);
    const std::string end = fmt::format("){}\"", source_.substr(at_ + 2, open - at_ - 2));
    skip_past(end, open);
    last_ = '"';
  }
  void skip_quoted(char quote) {
    for (++at_; more() && now() != quote; ++at_) {
      if (now() == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, source_.size());
    last_ = quote;
  }

  std::string_view source_;
  std::size_t at_;
  Spans* comments_;
  char last_ = ' ';
};

/// Where comments begin and end.
std::vector<std::pair<std::size_t, std::size_t>> comments_in(std::string_view source) {
  std::vector<std::pair<std::size_t, std::size_t>> comments;
  Scanner scanner(source, 0, &comments);
  while (scanner.more()) scanner.step();
  return comments;
}

/// Finds where a function's body opens: the first brace outside parentheses that initialises no
/// member and belongs to no requires-expression.
class Signature {
 public:
  Signature(std::string_view source, std::size_t from) : source_(source), scanner_(source, from) {}

  /// npos if there is no function.
  std::size_t open() {
    for (; scanner_.more(); scanner_.step()) {
      const char c = scanner_.now();
      if (c == '(' || c == '[') ++depth_;
      if (c == ')' || c == ']') --depth_;
      if (c == ')') has_parameters_ = true;
      if (depth_ > 0) continue;
      note_requires();
      if (c == ';') return std::string_view::npos;
      if (c == ':' && scanner_.last() == ')') initialising_ = true;
      if (c != '{') continue;
      if (belongs_to_signature()) {
        skip_braces();
      } else {
        return has_parameters_ ? scanner_.at() : std::string_view::npos;  // or it is a class
      }
    }
    return std::string_view::npos;
  }

 private:
  /// `requires` begins a clause; within one, it begins an expression with braces of its own.
  void note_requires() {
    if (!scanner_.at_word("requires")) return;
    const bool clause = !constrained_ || scanner_.last() == ')' || scanner_.last() == '>';
    constrained_ = true;
    if (!clause) in_requires_ = true;
  }
  bool belongs_to_signature() {
    if (std::exchange(in_requires_, false)) return true;
    return initialising_ && (is_word(scanner_.last()) || scanner_.last() == '>');
  }
  void skip_braces() {
    int braces = 0;
    for (; scanner_.more(); scanner_.step()) {
      if (scanner_.now() == '{') ++braces;
      if (scanner_.now() == '}' && --braces == 0) return;
    }
  }

  std::string_view source_;
  Scanner scanner_;
  int depth_ = 0;
  bool has_parameters_ = false, initialising_ = false;
  bool constrained_ = false, in_requires_ = false;
};

std::size_t matching_brace(std::string_view source, std::size_t open) {
  int braces = 0;
  for (Scanner scanner(source, open); scanner.more(); scanner.step()) {
    if (scanner.now() == '{') ++braces;
    if (scanner.now() == '}' && --braces == 0) return scanner.at();
  }
  return std::string_view::npos;
}

std::size_t line_of(std::string_view source, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::ranges::count(source.substr(0, at), '\n'));
}

Mistake at(std::size_t line, std::string_view sentence) {
  return Mistake(fmt::format("line {}: {}", line, sentence));
}

bool is_fix_marker(const Tag& tag) {
  return tag.text == "now" || tag.text == "was" || tag.text == "end";
}

/// All tags, markers of fixes included.
std::vector<Tag> find_all(std::string_view source) {
  std::vector<Tag> tags;
  for (std::size_t begin = 0, line = 1; begin < source.size(); ++line) {
    const std::size_t end = std::min(source.find('\n', begin), source.size());
    const std::string_view text = trim(source.substr(begin, end - begin));
    if (text.starts_with("//:")) {
      const std::string_view rest = trim(text.substr(3));
      const std::size_t blank = std::min(rest.find(' '), rest.size());
      if (blank == rest.size()) throw at(line, "this tag needs an id and a text");
      tags.push_back({std::string(rest.substr(0, blank)), std::string(trim(rest.substr(blank))),
                      line, begin, std::min(end + 1, source.size())});
    }
    begin = end + 1;
  }
  return tags;
}

std::string in_quotes(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// Lines of at most 100 columns: `AIO_TODO("4.2", "…");`, its text split where it is long.
std::string throwing_todo(const Tag& tag, const std::string& indent) {
  constexpr std::size_t limit = 100;
  const std::string whole =
      fmt::format("{}AIO_TODO(\"{}\", \"{}\");\n", indent, tag.id, in_quotes(tag.text));
  if (columns(whole) <= limit + 1) return whole;
  const std::string below = indent + std::string(9, ' ');  // under the first argument
  std::string lines = fmt::format("{}AIO_TODO(\"{}\",\n", indent, tag.id);
  for (const std::string& line : wrap(in_quotes(tag.text), limit - below.size() - 5)) {
    lines += fmt::format("{}\"{} \"\n", below, line);
  }
  lines.resize(lines.size() - 3);  // after the last word nothing follows
  return lines + "\");\n";
}

std::string commented_todo(const Tag& tag, const std::string& indent) {
  std::string lines;
  for (const std::string& line :
       wrap(fmt::format("TODO {}: {}", tag.id, tag.text), 97 - indent.size())) {
    lines += fmt::format("{}// {}\n", indent, line);
  }
  return lines;
}

std::string todo(const Tag& tag, const Body& body, std::string_view indent) {
  const std::string inner = std::string(indent) + "  ";
  return fmt::format("{{\n{}{}}}",
                     body.must_not_throw ? commented_todo(tag, inner) : throwing_todo(tag, inner),
                     indent);
}

std::string_view indent_at(std::string_view source, std::size_t line_begin) {
  const std::size_t text = source.find_first_not_of(' ', line_begin);
  return source.substr(line_begin, text - line_begin);
}

/// The lines between two markers with their `// ` taken away.
std::string uncommented(std::string_view region, std::size_t first_line) {
  std::string lines;
  for (const std::string& line : split_lines(region)) {
    const std::string_view indent = indent_at(line, 0);
    std::string_view code = std::string_view(line).substr(indent.size());
    if (!code.empty() && !code.starts_with("//")) {
      throw at(first_line, "below `was` each line is commented out with `// `");
    }
    code.remove_prefix(std::min<std::size_t>(code.starts_with("// ") ? 3 : 2, code.size()));
    if (!code.empty()) lines += fmt::format("{}{}", indent, code);
    lines += '\n';
    ++first_line;
  }
  return lines;
}

/// The code of a function's head, without comments and literals, a blank for each gap.
std::string head_of(std::string_view source, std::size_t begin, std::size_t end) {
  std::string head;
  std::size_t before = begin;
  for (Scanner scanner(source.substr(0, end), begin); scanner.more(); scanner.step()) {
    if (scanner.at() != before) head += ' ';
    head += scanner.now();
    before = scanner.at() + 1;
  }
  return head;
}

bool must_not_throw(const std::string& head) {
  static const std::regex destructor(R"((^|[\s:])~\s*\w+\s*\()");
  static const std::regex promise(R"(\bnoexcept\b(?!\s*\(\s*false))");
  return std::regex_search(head, destructor) || std::regex_search(head, promise);
}

/// Whether the function is void, a constructor or a destructor.
bool returns_nothing(const std::string& head) {
  static const std::regex says_void(R"(\bvoid\s+[\w:<>, ]+\(|->\s*void\b)");
  static const std::regex no_type(
      R"(^\s*((inline|constexpr|explicit)\s+)*(\w+(<[^()]*>)?::)*~?\w+\s*\()");
  static const std::regex template_head(R"(^\s*template\s*<[^()]*>\s)");
  const std::string rest = std::regex_replace(head, template_head, "");
  return std::regex_search(rest, says_void) || std::regex_search(rest, no_type);
}

/// A fix is three markers of one id: now, was, end. `i` is the first of them.
void require_fix(const std::vector<Tag>& tags, std::size_t i) {
  const std::string_view words[] = {"now", "was", "end"};
  for (std::size_t k = 0; k < 3; ++k) {
    if (i + k < tags.size() && tags[i + k].id == tags[i].id && tags[i + k].text == words[k])
      continue;
    throw at(tags[i].line,
             fmt::format("{} needs the markers now, was, end, in this order", tags[i].id));
  }
}

}  // namespace

std::vector<Tag> find_tags(std::string_view source) {
  std::vector<Tag> tags = find_all(source);
  std::erase_if(tags, is_fix_marker);
  return tags;
}

Body body_after(std::string_view source, const Tag& tag) {
  Body body;
  body.open = Signature(source, tag.after).open();
  if (body.open == std::string_view::npos) {
    throw at(tag.line, fmt::format("no function with a body follows the tag {}", tag.id));
  }
  body.close = matching_brace(source, body.open);
  if (body.close == std::string_view::npos) {
    throw at(line_of(source, body.open), "the function's braces do not match");
  }
  const std::string head = head_of(source, tag.after, body.open);
  body.must_not_throw = must_not_throw(head);
  if (body.must_not_throw && !returns_nothing(head)) {
    throw at(tag.line,
             fmt::format("the tag {} belongs to a noexcept function that returns a value; "
                         "no starter can leave its body out",
                         tag.id));
  }
  return body;
}

std::string head_of(std::string_view source, const Tag& tag, const Body& body) {
  const std::string head = head_of(source, tag.after, body.open);
  std::string single;
  for (const char c : head) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank) single += c;
    if (blank && !single.empty() && single.back() != ' ') single += ' ';
  }
  return std::string(trim(single));
}

std::string functions_of(std::string_view source, std::string_view id) {
  std::string functions;
  for (const Tag& tag : find_tags(source)) {
    if (tag.id != id) continue;
    const Body body = body_after(source, tag);
    functions += source.substr(tag.after, body.close + 1 - tag.after);
    functions += '\n';
  }
  return functions;
}

std::string untagged(std::string_view source) {
  std::string text;
  std::size_t copied = 0;
  bool mistake = false;
  for (const Tag& tag : find_all(source)) {
    if (!mistake) text += source.substr(copied, tag.begin - copied);
    copied = tag.after;
    mistake = is_fix_marker(tag) && tag.text == "was";
  }
  return text + std::string(source.substr(copied));
}

std::string only_code(std::string_view source) {
  std::string code(source.size(), ' ');
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\n') code[i] = '\n';
  }
  for (Scanner scanner(source, 0); scanner.more(); scanner.step()) {
    code[scanner.at()] = scanner.now();
  }
  return code;
}

std::string without_comments(std::string_view source) {
  constexpr char gone = '\0';
  std::string text(source);
  for (auto [begin, end] : comments_in(source)) {
    if (end < text.size() && text[end] == ' ' && text[end - 1] != '\n') ++end;
    for (std::size_t i = begin; i < end; ++i) {
      if (text[i] != '\n') text[i] = gone;
    }
  }
  std::string code;
  for (std::string line : split_lines(text)) {
    const bool had_comment = std::erase(line, gone) > 0;
    line.erase(line.find_last_not_of(" \t") + 1);
    if (!had_comment || !line.empty()) code += line + '\n';
  }
  return code;
}

std::string cut(std::string_view source, const std::function<bool(const std::string& id)>& done) {
  const std::vector<Tag> tags = find_all(source);
  const auto is_done = [&done](const Tag& tag) {
    try {
      return done(tag.id);
    } catch (const Mistake& mistake) {
      throw at(tag.line, mistake.what());
    }
  };
  std::string starter;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const Tag& tag = tags[i];
    if (is_fix_marker(tag)) {
      require_fix(tags, i);
      if (is_done(tag)) continue;
      const Tag &was = tags[i + 1], &end = tags[i + 2];
      starter += source.substr(copied, tag.begin - copied);
      starter += uncommented(source.substr(was.after, end.begin - was.after), was.line + 1);
      copied = end.after;
      i += 2;
      continue;
    }
    const Body body = body_after(source, tag);
    if (i + 1 < tags.size() && !is_fix_marker(tags[i + 1]) && tags[i + 1].begin < body.close) {
      const bool above = tags[i + 1].begin < body.open;
      throw at(tags[above ? i : i + 1].line, "a tag needs a function of its own");
    }
    if (is_done(tag)) continue;
    starter += source.substr(copied, body.open - copied);
    starter += todo(tag, body, indent_at(source, tag.begin));
    copied = body.close + 1;
  }
  return starter + std::string(source.substr(copied));
}

}  // namespace coach
