#include "lesson_text.hpp"

#include <cctype>
#include <regex>

#include "text.hpp"

namespace coach {

namespace {

/// A terminal has no Markdown: **so** becomes so, also where it goes on in the next line.
std::string without_emphasis(std::string text) {
  for (std::size_t at; (at = text.find("**")) != std::string::npos;) text.erase(at, 2);
  return text;
}

/// "[lesson 06](06-coroutines/README.md)" becomes "lesson 06".
std::string without_links(const std::string& text) {
  static const std::regex link("\\[([^\\]]*)\\]\\([^)]*\\)");
  return std::regex_replace(text, link, "$1");
}

}  // namespace

std::string section(const fs::path& file, std::string_view title) {
  std::string text;
  bool inside = false, fenced = false;
  for (const std::string& line : split_lines(read_file(file))) {
    if (line.starts_with("## ")) {
      const std::string_view heading = std::string_view(line).substr(3);
      inside = heading.starts_with(title) &&
               (heading.size() == title.size() ||
                !std::isalnum(static_cast<unsigned char>(heading[title.size()])));
      continue;
    }
    if (line.starts_with("```")) fenced = !fenced;
    const bool code = fenced || line.starts_with("    ");
    if (inside) text += (code ? line : without_emphasis(line)) + "\n";
  }
  return std::string(trim(text));
}

std::vector<Term> terms_in(std::string_view page) {
  std::vector<Term> terms;
  for (const std::string& line : split_lines(page)) {
    if (line.starts_with("### ")) {
      terms.push_back({line.substr(4), ""});
    } else if (line.starts_with("#")) {
      continue;
    } else if (!terms.empty()) {
      terms.back().text += line + '\n';
    }
  }
  for (Term& term : terms) {
    term.text = without_links(without_emphasis(std::string(trim(term.text))));
  }
  return terms;
}

std::vector<std::string> numbered(std::string_view list) {
  std::vector<std::string> items;
  for (const std::string& line : split_lines(list)) {
    const bool begins =
        line.size() > 2 && line[1] == '.' && line[0] == static_cast<char>('1' + items.size());
    if (begins) {
      items.emplace_back(trim(std::string_view(line).substr(2)));
    } else if (!items.empty()) {
      items.back() += "\n" + (line.starts_with("   ") ? line.substr(3) : line);
    }
  }
  return items;
}

std::vector<std::string> hints_for(const Lesson& lesson, const Item& item) {
  return numbered(section(fs::path("lessons") / lesson.slug / "hints.md", item.id));
}

}  // namespace coach
