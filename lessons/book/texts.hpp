#pragma once
// The texts of the course as parts of pages: where links lead, and the table of contents.

#include "book.hpp"
#include "markdown.hpp"

namespace book {

/// The address of a file of the course: "lessons/07-tasks/README.md" is "/lessons/07-tasks.html".
/// Empty: it is no part of the book.
std::string address_of(const fs::path& file);

/// The lessons that have a text.
std::vector<const coach::Lesson*> lessons_of(const Book& book);
/// The texts of a lesson: its README first, then what lies beside it.
std::vector<fs::path> texts_of(const coach::Lesson& lesson);

/// A file in Markdown. Links lead to pages.
Markdown rendered_file(const fs::path& file, MarkdownHooks hooks = {});
/// A piece of such a file.
Markdown rendered_part(std::string_view text, const fs::path& file, MarkdownHooks hooks = {});

/// The headings of the second level, and below each those of the third, as links.
std::string table_of_contents(const Markdown& text);

}  // namespace book
