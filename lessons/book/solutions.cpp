// The answers: of each lesson one page, closed where one has not passed yet.

#include <fmt/format.h>
#include <answer.hpp>
#include <comparison.hpp>
#include <lesson_text.hpp>

#include "chapters.hpp"
#include "code_block.hpp"
#include "exercises.hpp"
#include "texts.hpp"

namespace book {

namespace {

using coach::Item;
using coach::Lesson;
using coach::Place;

fs::path reasons_of(const Lesson& lesson) {
  return fs::path("solutions") / lesson.slug / "README.md";
}

std::string comparison_html(const coach::Desk& desk, const Place& place) {
  std::string text;
  const coach::Terminal writer = desk.terminal.writing_to(text);
  coach::show_comparison(writer, *place.lesson, *place.item);
  return text.empty() ? ""
                      : fmt::format("<pre class=\"story\" tabindex=\"0\">{}</pre>", escaped(text));
}

std::string section_html(const Book& book, const Place& place) {
  const Item& item = *place.item;
  const bool open = !book.exporting() && book.desk().progress.of(item.id).passed;
  std::string html = fmt::format("<section class=\"answer\" id=\"{0}\"><h2>{0} {1}</h2>",
                                 escaped(item.id), escaped(item.title));
  if (open) {
    html += answer_html(book.desk(), place);
  } else if (book.exporting()) {
    html += fmt::format("<details><summary>Show the answer</summary>{}</details>",
                        answer_html(book.desk(), place));
  } else {
    html += fmt::format(
        "<p>It opens when <a href=\"{1}\">{0}</a> passes.</p><p><button type=\"button\" "
        "class=\"spoil\" data-item=\"{0}\">Show it all the same</button></p>",
        escaped(item.id), address_of(item));
  }
  return html + "</section>";
}

/// What stands above the first answer.
std::string beginning_of(const Lesson& lesson) {
  const std::string text = coach::read_file(reasons_of(lesson));
  return rendered_part(text.substr(0, text.find("\n## ")), reasons_of(lesson)).html;
}

Page solutions(const Book& book, const Lesson& lesson) {
  Page page;
  page.title = fmt::format("{} {}: the answers", lesson.number, lesson.title);
  page.kind = "solutions";
  page.main = beginning_of(lesson);
  page.aside =
      "<nav class=\"toc\" aria-label=\"On this page\"><details><summary>On this page</summary><ol>";
  for (const Item& item : lesson.items) {
    page.main += section_html(book, {&lesson, &item});
    page.aside +=
        fmt::format("<li><a href=\"#{0}\">{0} {1}</a></li>", escaped(item.id), escaped(item.title));
  }
  page.aside += fmt::format(
      "</ol></details><p><a href=\"/lessons/{}.html\">The lesson</a></p></nav>", lesson.slug);
  page.scripts = {"reading.js", "solutions.js"};
  return page;
}

}  // namespace

std::string answer_html(const coach::Desk& desk, const Place& place) {
  std::string html;
  for (const auto& [file, code] : coach::answer_of(*place.lesson, *place.item)) {
    html += code_block(fmt::format("cpp file={}", file.string()), code);
  }
  const fs::path reasons = reasons_of(*place.lesson);
  html += rendered_part(coach::section(reasons, place.item->id), reasons).html;
  const bool passed = desk.progress.of(place.item->id).passed;
  if (passed && place.item->kind != Item::Kind::predict) html += comparison_html(desk, place);
  return html;
}

void add_solutions(Book& book) {
  for (const Lesson* const lesson : lessons_of(book)) {
    book.add_page(address_of(reasons_of(*lesson)),
                  [&book, lesson] { return solutions(book, *lesson); });
  }
}

}  // namespace book
