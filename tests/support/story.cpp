#include "support/story.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

namespace tests {
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

/// With marks in place of what a terminal does not show, such as what is left of dead strings.
std::string visible(const std::string& text) {
  std::string shown;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t';
    shown += control ? "�" : std::string(1, c);
  }
  return shown;
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
  for (const Unit& unit : units) {
    if (count % unit.size == 0) return std::to_string(count / unit.size) + unit.name;
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
  step(std::move(name) + " runs");
}

std::string Story::text() const {
  std::ostringstream out;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    out << std::setw(4) << i + 1 << ". ";
    if (now_) out << std::setw(8) << to_text(steps_[i].when) << "  ";
    out << steps_[i].what << '\n';
  }
  return std::move(out).str();
}

Verdict Story::failed(const char* name, const std::string& actual, const std::string& expected,
                      std::string_view likely_cause, Recognized turn) const {
  std::ostringstream out;
  if (!steps_.empty()) out << "What led here:\n" << text();
  out << "Expected: " << name << " is " << expected << "\nHappened: it is " << visible(actual)
      << "\nLikely cause: " << likely_cause;
  if (turn.name != nullptr) {
    out << (turn.certain ? "\nWrong turn: " : "\nA mistake that looks like this: ") << turn.name
        << says(turn.name);
  }
  return {false, std::move(out).str()};
}

const char* last_step() { return last_step_text; }
void forget_last_step() { last_step_text[0] = '\0'; }

}  // namespace tests
