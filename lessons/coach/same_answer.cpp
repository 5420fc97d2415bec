#include "same_answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text.hpp"

namespace coach {

namespace {

constexpr std::string_view separators = " \t,;:()\"'`";

/// A word, or a number.
struct Value {
  std::string word;
  std::optional<double> number;

  bool operator==(const Value& other) const {
    if (!number || !other.number) return number == other.number && word == other.word;
    return std::abs(*number - *other.number) < 1e-9;
  }
};

/// How many seconds a unit of time has; 0 if the word is none.
double seconds_in(std::string_view unit) {
  constexpr std::pair<std::string_view, double> units[] = {
      {"s", 1},     {"sec", 1},     {"secs", 1},     {"second", 1},         {"seconds", 1},
      {"ms", 1e-3}, {"msec", 1e-3}, {"msecs", 1e-3}, {"millisecond", 1e-3}, {"milliseconds", 1e-3},
      {"min", 60},  {"minute", 60}, {"minutes", 60},
  };
  const auto found = std::ranges::find(units, unit, &std::pair<std::string_view, double>::first);
  return found == std::end(units) ? 0 : found->second;
}

/// What is counted: "seconds" in "How many seconds …?" and "second" in "At which second …?".
std::string asked_for(const std::string& question) {
  for (const std::string_view before : {"how many ", "which "}) {
    const std::size_t at = question.find(before);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + before.size();
    return question.substr(begin, question.find_first_of(" ,?", begin) - begin);
  }
  return "";
}

std::string_view singular(std::string_view noun) {
  return noun.ends_with('s') ? noun.substr(0, noun.size() - 1) : noun;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A comma between two digits may stand for the point of a fraction.
std::string with_points(std::string text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == ',' && is_digit(text[i - 1]) && is_digit(text[i + 1])) text[i] = '.';
  }
  return text;
}

std::string without_typographic_quotes(std::string text) {
  for (const std::string_view quote : {"“", "”", "‘", "’", "„"}) {
    for (std::size_t at; (at = text.find(quote)) != std::string::npos;) {
      text.replace(at, quote.size(), "\"");
    }
  }
  return text;
}

/// The words between separators; an empty pair of quotes is one of them.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(separators);
    if (text.substr(0, begin).find("\"\"") != std::string_view::npos) words.emplace_back("\"\"");
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    std::string word(text.substr(begin, end - begin));
    while (word.size() > 1 && word.ends_with('.')) word.pop_back();
    words.push_back(std::move(word));
    text.remove_prefix(end);
  }
  return words;
}

/// A number as a word begins with one, and the rest of the word: "3s" is 3 and "s".
void add_word(std::vector<Value>& values, std::string_view word) {
  const std::size_t sign = word.starts_with('+') ? 1 : 0;
  double number = 0;
  const char* const end = word.data() + word.size();
  const std::size_t first = word.find_first_not_of("+-.");
  const bool numeric = first != std::string_view::npos && is_digit(word[first]);
  const auto [rest, error] =
      std::from_chars(word.data() + sign, end, number, std::chars_format::fixed);
  if (!numeric || error != std::errc()) return values.push_back({std::string(word), {}});
  values.push_back({"", number});
  if (rest != end) values.push_back({std::string(rest, end), {}});
}

/// Leaves out the unit after a number, if it is what the question asks for.
void take_unit(std::vector<Value>& values, std::size_t at, std::string_view asked) {
  const std::string& unit = values[at + 1].word;
  const double here = seconds_in(unit), there = seconds_in(asked);
  if (here > 0 && there > 0) {
    *values[at].number *= here / there;
  } else if (asked.empty() || singular(unit) != singular(asked)) {
    return;
  }
  values.erase(values.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

std::vector<Value> values_of(std::string_view text, std::string_view asked) {
  std::vector<Value> values;
  for (const std::string& word : words_of(text)) add_word(values, word);
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    if (values[i].number) take_unit(values, i, asked);
  }
  return values;
}

/// "c a b" as "cab"; nothing if there is a number, for "1 2" is not 12.
std::optional<std::string> letters_of(const std::vector<Value>& values) {
  std::string letters;
  for (const Value& value : values) {
    if (value.number) return std::nullopt;
    letters += value.word;
  }
  return letters;
}

bool same(const std::vector<Value>& a, const std::vector<Value>& b) {
  return a == b || (letters_of(a) && letters_of(a) == letters_of(b));
}

}  // namespace

bool same_answer(std::string_view given, std::string_view right, std::string_view question) {
  const std::string asked = asked_for(lower(question));
  const std::string answer = without_typographic_quotes(lower(given));
  const auto wanted = values_of(lower(right), asked);
  return same(values_of(answer, asked), wanted) ||
         same(values_of(with_points(answer), asked), wanted);
}

}  // namespace coach
