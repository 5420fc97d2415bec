#include "prediction.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "same_answer.hpp"
#include "text.hpp"

namespace coach {

namespace {

using Answers = std::vector<std::string>;

Answers lines_in(std::string_view text) {
  Answers lines;
  for (const std::string& line : split_lines(text)) {
    const std::string_view answer = trim(line);
    if (!answer.empty() && !answer.starts_with('#')) lines.emplace_back(answer);
  }
  return lines;
}

/// 2 for "# 2. How many …"; 0 for every other line.
std::size_t question_in(std::string_view line) {
  std::size_t number = 0;
  if (!line.starts_with("# ")) return 0;
  const auto [rest, error] = std::from_chars(line.data() + 2, line.data() + line.size(), number);
  const std::string_view after(rest, static_cast<std::size_t>(line.data() + line.size() - rest));
  return error == std::errc() && after.starts_with(". ") ? number : 0;
}

/// The answer below each question; one on several lines is one answer.
Answers below_questions(const Item& item, std::string_view sheet) {
  Answers answers(item.questions.size());
  std::size_t current = 0;
  for (const std::string& each : split_lines(sheet)) {
    const std::string_view line = trim(each);
    if (const std::size_t number = question_in(line)) current = number;
    if (line.empty() || line.starts_with('#') || current == 0 || current > answers.size()) continue;
    std::string& answer = answers[current - 1];
    answer += (answer.empty() ? "" : " ") + std::string(line);
  }
  return answers;
}

bool holds_questions(std::string_view sheet) {
  return std::ranges::any_of(split_lines(sheet), question_in);
}

/// "Answer 1 is right.", "Answers 1 to 3 are right."
std::string right_so_far(std::string_view what, std::size_t count) {
  if (count == 0) return "";
  if (count == 1) return fmt::format("{} 1 is right.", what);
  return fmt::format("{}s 1 to {} are right.", what, count);
}

TestResult too_many(const Item& item, std::string_view what, std::size_t wanted) {
  return {item.id, "fail",
          fmt::format("{} There are no more, but your file goes on.", right_so_far(what, wanted))};
}

/// What the lesson says about an answer; of one entry for all, that one.
std::string advice(const Item& item, std::size_t place) {
  const Answers& places = item.read_again;
  if (places.empty()) return "";
  return fmt::format("\nRead again: {}.", places[std::min(place, places.size() - 1)]);
}

TestResult unlike(const Item& item, std::string_view what, std::size_t place,
                  const std::string& answer) {
  return {
      item.id, "fail",
      fmt::format("Your {} {} says \"{}\". That is the first one that differs from what happens.",
                  what, place + 1, answer)};
}

bool holds_digit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

/// Whether words stand where a number is wanted: that says nothing about what was understood.
bool spells_a_number(std::string_view answer, std::string_view right) {
  return holds_digit(right) && !holds_digit(answer);
}

TestResult not_in_digits(const Item& item, std::size_t place, const std::string& answer) {
  return {item.id, "todo",
          fmt::format("Your answer {} says \"{}\". Write the number only, in digits.\n"
                      "Question {}: {}",
                      place + 1, answer, place + 1, item.questions[place])};
}

TestResult judge_lines(const Item& item, const Answers& answers, const Answers& truth) {
  const auto [given, right] = std::ranges::mismatch(
      answers, truth, [](const auto& a, const auto& b) { return same_answer(a, b); });
  const auto place = static_cast<std::size_t>(given - answers.begin());
  if (given == answers.end() && right == truth.end()) return {item.id, "pass", ""};
  if (right == truth.end()) return too_many(item, "Line", place);
  if (given != answers.end()) {
    TestResult result = unlike(item, "line", place, *given);
    result.message += advice(item, place);
    return result;
  }
  return {item.id, "fail", right_so_far("Line", place) + " The program prints more."};
}

TestResult judge_answers(const Item& item, Answers answers, const Answers& truth) {
  if (answers.size() < truth.size()) answers.resize(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const std::string& question = item.questions[i];
    if (answers[i].empty()) {
      const std::string before = right_so_far("Answer", i);
      const bool last = std::ranges::all_of(answers.begin() + static_cast<std::ptrdiff_t>(i),
                                            answers.end(), &std::string::empty);
      return {item.id, "todo",
              last ? fmt::format("{} Question {} is next: {}", before, i + 1, question)
                   : fmt::format("Question {} has no answer yet: {}", i + 1, question)};
    }
    if (same_answer(answers[i], truth[i], question)) continue;
    if (spells_a_number(answers[i], truth[i])) return not_in_digits(item, i, answers[i]);
    TestResult result = unlike(item, "answer", i, answers[i]);
    result.message += fmt::format("\nQuestion {}: {}", i + 1, question) + advice(item, i);
    return result;
  }
  if (answers.size() > truth.size()) return too_many(item, "Answer", truth.size());
  return {item.id, "pass", ""};
}

bool is_answered_below(const Item& item, std::string_view sheet) {
  return !item.questions.empty() && holds_questions(sheet);
}

/// As it may stand on a line of a sheet.
std::string one_line(std::string_view answer) {
  std::string line(answer.substr(0, answer.find_first_of("\r\n")));
  std::erase_if(line, [](unsigned char c) { return c < ' ' || c == 0x7f; });
  const std::size_t start = line.find_first_not_of(" #");
  return start == line.npos ? "" : line.substr(start);
}

/// The sheet's own lines, each group of them with a note of the question that it asks.
struct Group {
  std::size_t question = 0;
  std::string text;
};

std::vector<Group> groups_of(std::string_view sheet) {
  std::vector<Group> groups(1);
  for (const std::string& line : split_lines(sheet)) {
    if (!trim(line).starts_with('#') && !trim(line).empty()) continue;  // an answer
    const std::size_t number = question_in(trim(line));
    if (number != 0) groups.push_back({number, ""});
    groups.back().text += line + "\n";
  }
  for (Group& group : groups) {
    while (group.text.ends_with("\n\n")) group.text.pop_back();
  }
  return groups;
}

}  // namespace

std::vector<std::string> answers_in(const Item& item, std::string_view sheet) {
  return is_answered_below(item, sheet) ? below_questions(item, sheet) : lines_in(sheet);
}

std::string with_answers(const Item& item, std::string_view sheet,
                         const std::vector<std::string>& answers) {
  std::string text;
  if (!is_answered_below(item, sheet)) {
    for (const Group& group : groups_of(sheet)) text += group.text + "\n";
    for (const std::string& answer : answers) text += one_line(answer) + "\n";
    return text;
  }
  for (const auto& [question, lines] : groups_of(sheet)) {
    text += (text.empty() ? "" : "\n") + lines;
    const bool answered = question >= 1 && question <= answers.size();
    if (question >= 1) text += (answered ? one_line(answers[question - 1]) : "") + "\n";
  }
  return text;
}

TestResult judge_prediction(const Item& item, std::string_view sheet, std::string_view printed) {
  const bool asks = !item.questions.empty();
  const Answers answers = answers_in(item, sheet);
  if (std::ranges::all_of(answers, &std::string::empty)) {
    return {item.id, "todo", "There is no answer in the file yet."};
  }
  const Answers truth = lines_in(printed);
  return asks ? judge_answers(item, answers, truth) : judge_lines(item, answers, truth);
}

}  // namespace coach
