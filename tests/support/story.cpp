#include "support/story.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <limits>
#include <sstream>

namespace tests {

using namespace std::chrono_literals;

namespace {

char last_step_text[160] = "";

void remember(const std::string& what) {
  std::strncpy(last_step_text, what.c_str(), sizeof last_step_text - 1);
}

/// What is said after `Says:` in the file of a wrong turn; its lines go on with three blanks.
std::string says_in(std::istream& turn) {
  constexpr std::string_view comment = "// ", begin = "Says: ", more = "//   ";
  std::string sentence;
  for (std::string line; std::getline(turn, line);) {
    if (!sentence.empty()) {
      if (!line.starts_with(more)) break;
      sentence += ' ' + line.substr(more.size());
    } else {
      const std::size_t at = line.starts_with(comment) ? comment.size() : 0;
      if (line.compare(at, begin.size(), begin) == 0) sentence = line.substr(at + begin.size());
    }
  }
  return sentence;
}

/// What the author of a wrong turn would be told.
std::string says(const std::string& wrong_turn) {
  std::error_code none_yet;
  const std::filesystem::directory_iterator lessons(LOOPWRIGHT_WRONG_TURNS, none_yet);
  for (const auto& lesson : lessons) {
    for (const char* kind : {".cpp", ".patch"}) {
      std::ifstream turn(lesson.path() / (wrong_turn + kind));
      const std::string sentence = says_in(turn);
      if (!sentence.empty()) return " — " + sentence;
    }
  }
  return "";
}

/// No test tells the time of a real clock: that would differ from run to run.
constexpr const char* timed_heading =
    "What led here (on a virtual clock, which jumps ahead instead of waiting):\n";

/// "A", "B2": the names that tests give to callbacks. Other notes are results and events.
bool is_callback(const std::string& name) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' &&
         std::all_of(name.begin() + 1, name.end(), digit);
}

/// Filled with blanks on the left; "µ" is one column, but two bytes.
std::string right(const std::string& text, std::size_t width) {
  const auto columns = static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
  return std::string(width - std::min(width, columns), ' ') + text;
}

/// With marks in place of what a terminal does not show, such as what is left of dead strings. Text
/// of a protocol, whose lines end with CR and LF, is shown as a program writes it.
std::string visible(const std::string& text) {
  const bool is_protocol = text.find("\r\n") != text.npos;
  std::string shown;
  for (const char c : text) {
    if (is_protocol && (c == '\r' || c == '\n')) {
      shown += c == '\r' ? "\\r" : "\\n";
      continue;
    }
    const bool control = static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t';
    shown += control ? "�" : std::string(1, c);
  }
  return shown;
}

/// The beginning of what nobody reads to its end.
std::string shortened(const std::string& text) {
  constexpr std::size_t most = 1000, part = 200;
  if (text.size() <= most) return text;
  return text.substr(0, part) + "… (" + std::to_string(text.size()) + " bytes)";
}

}  // namespace

namespace {

/// "2.5" of 2'500'000 and a unit of 1'000'000: all digits, but no zeros at their end.
std::string decimal(std::int64_t count, std::int64_t unit) {
  std::string whole = std::to_string(count / unit);
  std::string rest = std::to_string(unit + count % unit).substr(1);  // with its zeros in front
  rest.erase(rest.find_last_not_of('0') + 1);
  return rest.empty() ? whole : whole + '.' + rest;
}

/// The time of a step: what is less than a microsecond, or a thousandth of it, does not matter.
std::string time_of_step(std::chrono::nanoseconds time) {
  const std::chrono::nanoseconds size = time < 0ns ? -time : time;
  const auto unit = size >= 1s ? 1'000'000ns : size >= 1ms ? 1'000ns : 1ns;
  return to_text(time / unit.count() * unit.count());
}

}  // namespace

std::string to_text(std::chrono::nanoseconds duration) {
  struct Unit {
    std::int64_t size;
    const char* name;
  };
  constexpr Unit units[] = {{1'000'000'000, " s"}, {1'000'000, " ms"}, {1'000, " µs"}};
  const auto count = duration.count();
  if (count == 0) return "0 ms";
  if (count < 0 && count > std::numeric_limits<std::int64_t>::min())
    return "-" + to_text(-duration);
  for (const Unit& unit : units) {
    if (count % unit.size == 0) return std::to_string(count / unit.size) + unit.name;
  }
  for (const Unit& unit : units) {
    if (count >= unit.size) return decimal(count, unit.size) + unit.name;
  }
  return std::to_string(count) + " ns";
}

void Story::step(std::string what) {
  remember(what);
  steps_.push_back({now_ ? now_() : std::chrono::nanoseconds::zero(), std::move(what)});
}

void Story::ran(std::string name) {
  if (!order_.empty()) order_ += ' ';
  order_ += name;
  step(is_callback(name) ? name + " runs" : "noted: " + name);
}

std::string Story::text() const {
  constexpr std::size_t beginning = 10, end = 20;  // of a story that is too long to read
  const std::size_t count = steps_.size();
  std::ostringstream out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == beginning && count > 2 * (beginning + end)) {
      out << "      … (" << count - beginning - end << " more)\n";
      i = count - end;
    }
    out << std::setw(4) << i + 1 << ". ";
    if (now_) out << right(time_of_step(steps_[i].when), 9) << "  ";
    out << steps_[i].what << '\n';
  }
  return std::move(out).str();
}

Verdict Story::failed(const char* name, const std::string& actual, const std::string& expected,
                      std::string_view likely_cause, Recognized turn) const {
  std::ostringstream out;
  if (!steps_.empty()) out << (now_ ? timed_heading : "What led here:\n") << text();
  out << "Expected: " << name << " is " << visible(shortened(expected)) << "\nHappened: it is "
      << visible(shortened(actual)) << "\nLikely cause: " << likely_cause;
  if (turn.name != nullptr) {
    out << (turn.certain ? "\nWrong turn: " : "\nA mistake that looks like this: ") << turn.name
        << says(turn.name);
  }
  return {false, std::move(out).str()};
}

const char* last_step() { return last_step_text; }
void forget_last_step() { last_step_text[0] = '\0'; }

}  // namespace tests
