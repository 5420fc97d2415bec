#pragma once
// What the book is made of.

#include "book.hpp"

namespace book {

void add_assets(Book& book);     // styles, scripts, fonts
void add_contents(Book& book);   // the first page
void add_lessons(Book& book);    // a page for each lesson, and for what lies beside it
void add_exercises(Book& book);  // a page for each exercise
void add_solutions(Book& book);  // the answers of each lesson
void add_glossary(Book& book);
void add_search(Book& book);
void add_benches(Book& book);  // charts of the comparisons
void add_map(Book& book);
void add_pictures(Book& book);  // the loop as a picture, for each program

/// All of it.
void add_chapters(Book& book);

}  // namespace book
