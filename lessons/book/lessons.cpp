// A page for each lesson, and for each text that lies beside one.

#include <fmt/format.h>

#include "chapters.hpp"
#include "texts.hpp"

namespace book {

namespace {

using coach::Lesson;

std::string link_to(const Lesson& lesson, std::string_view word, std::string_view rel) {
  return fmt::format(
      "<a class=\"{1}\" rel=\"{1}\" href=\"/lessons/{2}.html\"><small>{0}</small> {3} · {4}</a>",
      word, rel, lesson.slug, lesson.number, escaped(lesson.title));
}

/// To the lesson before and to the one behind it.
std::string neighbours(const std::vector<Lesson>& lessons, std::size_t place) {
  std::string html = "<nav class=\"neighbours\" aria-label=\"Lessons\">";
  if (place > 0) html += link_to(lessons[place - 1], "Previous", "prev");
  if (place + 1 < lessons.size()) html += link_to(lessons[place + 1], "Next", "next");
  return html + "</nav>";
}

Page text_page(const fs::path& file, std::string_view kind) {
  const Markdown text = rendered_file(file);
  Page page;
  page.title = text.headings.empty() ? file.stem().string() : text.headings.front().title;
  page.kind = kind;
  page.main = text.html;
  page.aside = table_of_contents(text);
  page.scripts = {"reading.js"};
  return page;
}

void add_lesson(Book& book, std::size_t place) {
  const Lesson& lesson = book.desk().course.lessons()[place];
  const fs::path folder = fs::path("lessons") / lesson.slug;
  book.add_page(address_of(folder / "README.md"), [&book, place, folder] {
    Page page = text_page(folder / "README.md", "lesson");
    page.main += neighbours(book.desk().course.lessons(), place);
    return page;
  });
  for (const auto& file : fs::directory_iterator(folder)) {
    const fs::path& path = file.path();
    const bool is_text =
        path.extension() == ".md" && path.stem() != "README" && path.stem() != "hints";
    if (is_text) book.add_page(address_of(path), [path] { return text_page(path, "lesson"); });
  }
}

}  // namespace

void add_lessons(Book& book) {
  for (std::size_t i = 0; i < book.desk().course.lessons().size(); ++i) add_lesson(book, i);
  book.add_page("/editors.html", [] { return text_page("lessons/EDITORS.md", "lesson"); });
}

void add_glossary(Book& book) {
  book.add_page("/glossary.html", [] { return text_page("lessons/GLOSSARY.md", "glossary"); });
}

}  // namespace book
