#pragma once
// A copy of the book as files, for any web server: the same pages, without anybody's progress.

#include "book.hpp"

namespace book {

/// Writes all that is exported below `folder`, replacing what has these names. Returns how many
/// files that were. Throws coach::Mistake when it cannot write. REQUIRES: book.start_export() came
/// before the chapters.
std::size_t export_to(const Book& book, const fs::path& folder);

}  // namespace book
