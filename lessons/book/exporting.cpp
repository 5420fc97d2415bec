#include "exporting.hpp"

namespace book {

std::size_t export_to(const Book& book, const fs::path& folder) {
  std::size_t count = 0;
  for (const Book::Entry& entry : book.entries()) {
    if (!entry.exported) continue;
    coach::write_file(folder / entry.path.substr(1), entry.make());
    ++count;
  }
  return count;
}

}  // namespace book
