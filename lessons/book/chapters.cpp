#include "chapters.hpp"

namespace book {

void add_chapters(Book& book) {
  add_assets(book);
  add_contents(book);
  add_lessons(book);
  add_exercises(book);
  add_solutions(book);
  add_glossary(book);
  add_search(book);
  add_pictures(book);
  add_benches(book);
  add_map(book);
}

}  // namespace book
