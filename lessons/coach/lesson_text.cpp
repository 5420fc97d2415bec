#include "lesson_text.hpp"

#include <cctype>

#include "text.hpp"

namespace coach {

std::string section(const fs::path& file, std::string_view title) {
  std::string text;
  bool inside = false;
  for (const std::string& line : split_lines(read_file(file))) {
    if (line.starts_with("## ")) {
      const std::string_view heading = std::string_view(line).substr(3);
      inside = heading.starts_with(title) &&
               (heading.size() == title.size() ||
                !std::isalnum(static_cast<unsigned char>(heading[title.size()])));
      continue;
    }
    if (inside) text += line + "\n";
  }
  return std::string(trim(text));
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
