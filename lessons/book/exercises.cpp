#include "exercises.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <editor.hpp>
#include <lesson_text.hpp>
#include <prediction.hpp>
#include <report.hpp>

#include "chapters.hpp"
#include "texts.hpp"

namespace book {

namespace {

using coach::Item;
using coach::Place;

std::string_view kind_of(const Item& item) {
  switch (item.kind) {
    case Item::Kind::predict:
      return "Prediction";
    case Item::Kind::fix:
      return "Repair";
    case Item::Kind::use:
      return "Program";
    case Item::Kind::test:
      return "Test";
    case Item::Kind::step:
      break;
  }
  return "Step";
}

/// The file, and how one gets there.
std::string files_html(const Place& place) {
  std::string html = "<ul class=\"files\">";
  for (const std::string& where : coach::places_of(*place.lesson, *place.item)) {
    html += fmt::format("<li><code>{}</code></li>", escaped(where));
  }
  return html + "</ul>";
}

std::string question_html(std::size_t number, std::string_view question, std::string_view answer) {
  return fmt::format(
      "<p><label for=\"answer-{0}\">{0}. {1}</label><input id=\"answer-{0}\" name=\"answer\" "
      "autocomplete=\"off\" spellcheck=\"false\" value=\"{2}\"></p>",
      number, escaped(question), escaped(answer));
}

std::string prediction_html(const Place& place) {
  const Item& item = *place.item;
  const std::string sheet = coach::read_if_there(place.lesson->file_of(item)).value_or("");
  const auto answers = coach::answers_in(item, sheet);
  std::string fields;
  for (std::size_t i = 0; i < item.questions.size(); ++i) {
    fields += question_html(i + 1, item.questions[i], i < answers.size() ? answers[i] : "");
  }
  if (item.questions.empty()) {
    std::string lines;
    for (const std::string& answer : answers) lines += escaped(answer) + "\n";
    fields = fmt::format(
        "<p><label for=\"answer-1\">What it prints, line by line</label><textarea id=\"answer-1\" "
        "name=\"lines\" rows=\"{}\" spellcheck=\"false\">{}</textarea></p>",
        std::max<std::size_t>(10, answers.size() + 1), lines);
  }
  return fmt::format(
      "<form id=\"prediction\"><h2>Your prediction</h2>{}<p><button class=\"main\">Check"
      "</button></p></form>",
      fields);
}

std::string hints_box(const Book& book, const Place& place) {
  const std::size_t all = coach::hints_for(*place.lesson, *place.item).size();
  if (all == 0) return {};
  if (book.exporting()) {
    return fmt::format("<details><summary>Hints</summary><ol class=\"hints\">{}</ol></details>",
                       hints_html(place, all));
  }
  const auto open = static_cast<std::size_t>(book.desk().progress.of(place.item->id).hints);
  return fmt::format(
      "<section aria-labelledby=\"hints-title\"><h2 id=\"hints-title\">Hints</h2>"
      "<ol class=\"hints\" id=\"hints\">{}</ol><p><button type=\"button\" id=\"hint\" "
      "data-all=\"{}\">Show a hint</button></p></section>",
      hints_html(place, open), all);
}

/// What one works with: the part of the page that changes.
std::string panel(const Book& book, const Place& place) {
  const Item& item = *place.item;
  Standing standing;
  standing.place = place;
  const bool predicts = item.kind == Item::Kind::predict;
  return filled(
      pages_folder / "exercise.html",
      {{"id", escaped(item.id)},
       {"kind", std::string(kind_of(item))},
       {"title", escaped(item.title)},
       {"lesson", fmt::format("<a href=\"/lessons/{}.html\">Lesson {}: {}</a>", place.lesson->slug,
                              place.lesson->number, escaped(place.lesson->title))},
       {"task",
        rendered_part(item.task, fs::path("lessons") / place.lesson->slug / "README.md").html},
       {"files", files_html(place)},
       {"prediction", predicts && !book.exporting() ? prediction_html(place) : ""},
       {"states", book.exporting() ? "" : states_html(book.desk(), standing)},
       {"hints", hints_box(book, place)},
       {"solution", fmt::format("/solutions/{}.html#{}", place.lesson->slug, escaped(item.id))}});
}

/// The lesson, without its title, which is a link already.
std::string text_beside(const Place& place) {
  const fs::path file = fs::path("lessons") / place.lesson->slug / "README.md";
  const std::string text = coach::read_file(file);
  const Markdown lesson = rendered_part(text.substr(text.find('\n')), file);
  return fmt::format(
      "<article class=\"beside\" aria-label=\"The lesson\" data-item=\"{}\">{}"
      "</article>",
      escaped(place.item->id), lesson.html);
}

Page exercise(const Book& book, const Place& place) {
  Page page;
  page.title = fmt::format("{} {}", place.item->id, place.item->title);
  page.kind = "wide exercise";
  page.main = panel(book, place);
  if (!book.exporting()) page.aside = text_beside(place);
  page.scripts = {"reading.js", "exercise.js"};
  page.styles = {"exercise.css"};
  return page;
}

}  // namespace

std::string address_of(const Item& item) { return fmt::format("/exercises/{}.html", item.id); }

Place place_of(const coach::Course& course, std::string_view id) {
  for (const coach::Lesson& lesson : course.lessons()) {
    const auto found = std::ranges::find(lesson.items, id, &Item::id);
    if (found != lesson.items.end()) return {&lesson, &*found};
  }
  return {};
}

void add_exercises(Book& book) {
  for (const coach::Lesson* const lesson : lessons_of(book)) {
    for (const Item& item : lesson->items) {
      book.add_page(address_of(item), [&book, lesson, &item] {
        return exercise(book, {lesson, &item});
      });
    }
  }
}

}  // namespace book
