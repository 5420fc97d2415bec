// Full-text search: the page, and what it searches. It needs nobody to ask.

#include <nlohmann/json.hpp>

#include "chapters.hpp"
#include "texts.hpp"

namespace book {

namespace {

using nlohmann::json;

/// A text of the course: where it is, what it is called, and its sections.
json indexed(const fs::path& file) {
  const Markdown text = rendered_file(file);
  json sections = json::array();
  for (const Heading& heading : text.headings) {
    sections.push_back({heading.slug, heading.title, heading.text});
  }
  const std::string title = text.headings.empty() ? "" : text.headings.front().title;
  return {{"address", address_of(file).substr(1)}, {"title", title}, {"sections", sections}};
}

std::string search_index(const Book& book) {
  json all = json::array();
  for (const coach::Lesson* const lesson : lessons_of(book)) {
    for (const fs::path& file : texts_of(*lesson)) all.push_back(indexed(file));
  }
  all.push_back(indexed("lessons/GLOSSARY.md"));
  return all.dump();
}

Page search_page() {
  Page page;
  page.title = "Search";
  page.kind = "search";
  page.main = coach::read_file(pages_folder / "search.html");
  page.scripts = {"search.js"};
  return page;
}

}  // namespace

void add_search(Book& book) {
  book.add_page("/search.html", search_page);
  book.add_data("/search.json", "application/json", [&book] { return search_index(book); });
}

}  // namespace book
