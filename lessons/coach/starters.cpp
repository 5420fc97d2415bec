#include "starters.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "files.hpp"
#include "mistake.hpp"
#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

/// "4.2" comes before "4.10".
int step_number(std::string_view id) { return std::stoi(std::string(id.substr(id.find('.') + 1))); }

/// 4 for "4.2", "fix-4b" and "04".
int lesson_number(std::string_view id) {
  const std::size_t digit = std::min(id.find_first_of("0123456789"), id.size());
  int number = 0;
  std::from_chars(id.data() + digit, id.data() + id.size(), number);
  return number;
}

void insert_line(std::string& text, std::size_t after, std::string_view line) {
  text.insert(text.find('\n', after) + 1, fmt::format("{}\n", line));
}

/// Declares AIO_TODO, and says whose file this is.
std::string dressed(std::string text, std::string_view greeting) {
  const std::string_view todo = "#include <aio/support/todo.hpp>";
  if (text.find("AIO_TODO(") != std::string::npos && text.find(todo) == std::string::npos) {
    std::size_t include = text.rfind("#include <aio/", text.find("\nnamespace "));
    if (include == std::string::npos) include = text.rfind("#include ");
    if (include == std::string::npos) throw Mistake("a starter needs an #include line");
    insert_line(text, include, todo);
  }
  if (text.starts_with("#pragma once\n")) {
    insert_line(text, 0, greeting);
    return text;
  }
  return fmt::format("{}\n{}", greeting, text);
}

std::string cut_file(const fs::path& source, std::string_view greeting, const Lesson& lesson,
                     std::string_view upto) {
  std::set<std::string> known;
  for (const Item& item : lesson.items) known.insert(item.id);
  const int number = lesson_number(lesson.number);
  const auto done = [&](const std::string& id) {
    if (lesson_number(id) != number) return true;  // it says where the function is explained
    if (!known.contains(id)) throw Mistake(fmt::format("the tag {} is not in lesson.json", id));
    return !upto.empty() && id.find('.') != std::string::npos &&
           step_number(id) <= step_number(upto);
  };
  try {
    const std::string text = read_file(source);
    if (text.find("//: ") == std::string::npos) throw Mistake("line 1: nothing is tagged here");
    return dressed(cut(text, done), greeting);
  } catch (const Mistake& mistake) {
    std::string_view sentence = mistake.what();  // "line 4: …" becomes "file:4: …"
    const bool has_line = sentence.starts_with("line ");
    if (has_line) sentence.remove_prefix(5);
    throw Mistake(fmt::format("{}:{}{}", source.string(), has_line ? "" : " ", sentence));
  }
}

std::string comment(std::string_view text) {
  std::string lines;
  for (const std::string& line : wrap(text, 90)) lines += "# " + line + "\n";
  return lines;
}

std::string prediction(const Item& item) {
  std::string text = comment(item.id + ": " + item.title) + "#\n" + comment(item.task) + "#\n";
  if (item.questions.empty()) {
    text += comment("Write one line for each line that the program prints, below this one.");
    return text + "\n";
  }
  text += comment("Write each answer on a line of its own, below its question.");
  for (std::size_t i = 0; i < item.questions.size(); ++i) {
    text += "\n" + comment(fmt::format("{}. {}", i + 1, item.questions[i])) + "\n";
  }
  return text;
}

}  // namespace

std::vector<Starter> starters_of(const Lesson& lesson, std::string_view upto) {
  const fs::path folder = fs::path("exercises") / lesson.slug;
  std::vector<Starter> starters;
  for (const fs::path& header : lesson.headers()) {
    const std::string greeting =
        fmt::format("// Your layer of lesson {}. Check it with: ./learn check {}", lesson.number,
                    lesson.number);
    starters.push_back(
        {folder / header, cut_file("runtime" / header, greeting, lesson, upto), &lesson});
  }
  for (const Item& item : lesson.small_exercises()) {
    const fs::path file = lesson.file_of(item);
    if (item.kind == Item::Kind::predict) {
      starters.push_back({file, prediction(item), &lesson});
      continue;
    }
    const std::string greeting =
        fmt::format("// Exercise {}. Check it with: ./learn check {}", item.id, item.id);
    const fs::path solution = fs::path("solutions") / lesson.slug / file.filename();
    starters.push_back({file, cut_file(solution, greeting, lesson, ""), &lesson});
  }
  return starters;
}

std::vector<Starter> all_starters(const Course& course) {
  std::vector<Starter> all;
  for (const Lesson& lesson : course.lessons()) {
    std::ranges::move(starters_of(lesson), std::back_inserter(all));
  }
  return all;
}

Starter starter_of(const Lesson& lesson, const fs::path& file) {
  for (Starter& starter : starters_of(lesson)) {
    if (starter.path == file) return std::move(starter);
  }
  throw Mistake(fmt::format("{} has no starter", file.string()));
}

}  // namespace coach
