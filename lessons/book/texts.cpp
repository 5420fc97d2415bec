#include "texts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "code_block.hpp"

namespace book {

std::string address_of(const fs::path& file) {
  const std::string name = file.generic_string();
  if (name == "lessons/GLOSSARY.md") return "/glossary.html";
  if (name == "lessons/EDITORS.md") return "/editors.html";
  if (name == "README.md") return "/index.html";
  if (file.extension() != ".md") return {};
  const std::string top = *file.begin(), folder = file.parent_path().filename();
  if (top != "lessons" && top != "solutions") return {};
  if (file.filename() == "README.md") return fmt::format("/{}/{}.html", top, folder);
  return fmt::format("/{}/{}/{}.html", top, folder, file.stem().string());
}

namespace {

/// Where a link leads that stands in `file`. One to a file that is no page is left out.
std::string followed(std::string_view target, const fs::path& file) {
  if (target.starts_with('#') || target.contains("://")) return std::string(target);
  const std::size_t hash = std::min(target.find('#'), target.size());
  const fs::path whole =
      (file.parent_path() / std::string(target.substr(0, hash))).lexically_normal();
  const std::string address = address_of(whole);
  return address.empty() ? "" : address + std::string(target.substr(hash));
}

}  // namespace

std::vector<const coach::Lesson*> lessons_of(const Book& book) {
  std::vector<const coach::Lesson*> lessons;
  for (const coach::Lesson& lesson : book.desk().course.lessons()) {
    if (fs::exists(fs::path("lessons") / lesson.slug / "README.md")) lessons.push_back(&lesson);
  }
  return lessons;
}

std::vector<fs::path> texts_of(const coach::Lesson& lesson) {
  const fs::path folder = fs::path("lessons") / lesson.slug;
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(folder)) {
    const fs::path& path = file.path();
    const bool beside = path.stem() != "README" && path.stem() != "hints";
    if (path.extension() == ".md" && beside) files.push_back(path);
  }
  std::ranges::sort(files);
  files.insert(files.begin(), folder / "README.md");
  return files;
}

Markdown rendered_part(std::string_view text, const fs::path& file, MarkdownHooks hooks) {
  if (!hooks.code) hooks.code = code_block;
  hooks.link = [&file](std::string_view target) { return followed(target, file); };
  return rendered(text, hooks);
}

Markdown rendered_file(const fs::path& file, MarkdownHooks hooks) {
  return rendered_part(coach::read_file(file), file, std::move(hooks));
}

std::string table_of_contents(const Markdown& text) {
  std::string html =
      "<nav class=\"toc\" aria-label=\"On this page\"><details><summary>On this page</summary><ol>";
  bool below = false, first = true;
  for (const Heading& heading : text.headings) {
    if (heading.level != 2 && heading.level != 3) continue;
    const bool deeper = heading.level == 3 && !first;
    if (deeper != below) html += deeper ? "<ol>" : "</li></ol></li>";
    if (deeper == below && !first) html += "</li>";
    html +=
        fmt::format("<li><a href=\"#{}\">{}</a>", escaped(heading.slug), escaped(heading.title));
    below = deeper;
    first = false;
  }
  if (!first) html += below ? "</li></ol></li>" : "</li>";
  return html + "</ol></details></nav>";
}

}  // namespace book
