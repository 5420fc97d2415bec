// The first page: what there is, and how far one is.

#include <algorithm>

#include <fmt/format.h>

#include "chapters.hpp"

namespace book {

namespace {

std::size_t passed_in(const Book& book, const coach::Lesson& lesson) {
  if (book.exporting()) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(
      lesson.items, [&](const auto& item) { return book.desk().progress.of(item.id).passed; }));
}

std::string entry(const Book& book, const coach::Lesson& lesson) {
  const std::size_t passed = passed_in(book, lesson), all = lesson.items.size();
  const std::string progress =
      book.exporting() ? ""
                       : fmt::format(
                             "<p class=\"progress\"><progress max=\"{1}\" value=\"{0}\" "
                             "aria-label=\"Lesson {2}\"></progress> {0} of {1}</p>",
                             passed, all, lesson.number);
  return fmt::format(
      "<li><span class=\"number\" aria-hidden=\"true\">{0}</span><div><h2><a "
      "href=\"/lessons/{1}.html\">{2}</a></h2><p>{3}</p>{4}</div></li>",
      lesson.number, lesson.slug, escaped(lesson.title), escaped(lesson.promise), progress);
}

Page contents(const Book& book) {
  Page page;
  page.title = "Loopwright";
  page.kind = "contents";
  std::string list;
  for (const coach::Lesson& lesson : book.desk().course.lessons()) list += entry(book, lesson);
  page.main = filled(pages_folder / "contents.html", {{"lessons", list}});
  return page;
}

}  // namespace

void add_contents(Book& book) {
  book.add_page("/index.html", [&book] { return contents(book); });
}

}  // namespace book
