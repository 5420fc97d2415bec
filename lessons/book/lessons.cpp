// A page for each lesson, and for each text that lies beside one.

#include <fmt/format.h>

#include "chapters.hpp"
#include "exercises.hpp"
#include "pictures.hpp"
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
std::string neighbours(const std::vector<const Lesson*>& lessons, std::size_t place) {
  std::string html = "<nav class=\"neighbours\" aria-label=\"Lessons\">";
  if (place > 0) html += link_to(*lessons[place - 1], "Previous", "prev");
  if (place + 1 < lessons.size()) html += link_to(*lessons[place + 1], "Next", "next");
  return html + "</nav>";
}

/// Below the heading of an exercise: the way to its page, and whether it has passed.
std::string way_to_work(const Book& book, const Lesson& lesson, const Heading& heading) {
  const std::string id = heading.title.substr(0, heading.title.find(' '));
  const coach::Place place = place_of(book.desk().course, id);
  if (heading.level != 3 || place.lesson != &lesson) return {};
  const bool passed = !book.exporting() && book.desk().progress.of(id).passed;
  return fmt::format("<p class=\"way\"><a href=\"{}\">Work on {}</a>{}</p>",
                     address_of(*place.item), escaped(id),
                     passed ? " <span class=\"done\">✓ passed</span>" : "");
}

Page text_page(const fs::path& file, std::string_view kind, MarkdownHooks hooks = {}) {
  const Markdown text = rendered_file(file, std::move(hooks));
  Page page;
  page.title = text.headings.empty() ? file.stem().string() : text.headings.front().title;
  page.kind = kind;
  page.main = text.html;
  page.aside = table_of_contents(text);
  page.scripts = {"reading.js"};
  return page;
}

void add_lesson(Book& book, std::size_t place) {
  const Lesson& lesson = *lessons_of(book)[place];
  const fs::path folder = fs::path("lessons") / lesson.slug;
  book.add_page(address_of(folder / "README.md"), [&book, &lesson, place, folder] {
    MarkdownHooks hooks;
    hooks.after_heading = [&](const Heading& heading) {
      return way_to_work(book, lesson, heading);
    };
    Page page = text_page(folder / "README.md", "lesson", std::move(hooks));
    page.main = with_pictures(book, lesson, std::move(page.main));
    page.scripts.push_back("loop.js");
    page.styles.push_back("loop.css");
    page.main += fmt::format("<p><a href=\"{}\">The answers</a>, for afterwards.</p>",
                             address_of(fs::path("solutions") / lesson.slug / "README.md"));
    page.main += neighbours(lessons_of(book), place);
    return page;
  });
  for (const fs::path& file : texts_of(lesson)) {
    if (file.stem() == "README") continue;
    book.add_page(address_of(file), [file] { return text_page(file, "lesson"); });
  }
}

}  // namespace

void add_lessons(Book& book) {
  for (std::size_t i = 0; i < lessons_of(book).size(); ++i) add_lesson(book, i);
  book.add_page("/editors.html", [] { return text_page("lessons/EDITORS.md", "lesson"); });
}

namespace {

/// Its terms stand right below the title, so their headings are of the second level here.
Page glossary() {
  Page page = text_page("lessons/GLOSSARY.md", "glossary");
  for (const std::string_view tag : {"<h3", "</h3"}) {
    for (std::size_t at = page.main.find(tag); at != std::string::npos;
         at = page.main.find(tag, at)) {
      page.main[at + tag.size() - 1] = '2';
    }
  }
  return page;
}

}  // namespace

void add_glossary(Book& book) { book.add_page("/glossary.html", glossary); }

}  // namespace book
