// The first page: what there is, and how far one is.

#include <algorithm>

#include <fmt/format.h>

#include "chapters.hpp"
#include "exercises.hpp"
#include "texts.hpp"

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

/// The first thing that is open.
std::string way_on(const Book& book) {
  const coach::Place next = book.exporting() ? coach::Place{} : coach::next_place(book.desk());
  if (next.item == nullptr) return {};
  const coach::Lesson& first = book.desk().course.lessons().front();
  const bool new_here = next.lesson == &first && passed_in(book, first) == 0;
  if (new_here) {
    return fmt::format(
        "<p><a class=\"button\" href=\"/lessons/{}.html\">Begin with lesson {}: {}"
        "</a></p>",
        first.slug, first.number, escaped(first.title));
  }
  return fmt::format("<p><a class=\"button\" href=\"{}\">Go on with {} {}</a></p>",
                     address_of(*next.item), escaped(next.item->id), escaped(next.item->title));
}

Page contents(const Book& book) {
  Page page;
  page.title = "Loopwright";
  page.kind = "contents";
  std::string list;
  for (const coach::Lesson* const lesson : lessons_of(book)) list += entry(book, *lesson);
  page.main = filled(pages_folder / "contents.html", {{"lessons", list}, {"on", way_on(book)}});
  return page;
}

}  // namespace

void add_contents(Book& book) {
  book.add_page("/index.html", [&book] { return contents(book); });
}

}  // namespace book
