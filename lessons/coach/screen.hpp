#pragma once
// The terminal as a page that is drawn anew. A plain one is never cleared: there, text follows
// text.

#include <cstddef>
#include <string>
#include <string_view>

#include "files.hpp"
#include "terminal.hpp"

namespace coach {

class Screen {
 public:
  explicit Screen(Terminal& terminal) : terminal_(terminal) { measure(); }

  const Terminal& terminal() const { return terminal_; }
  std::size_t rows() const { return rows_; }
  /// After the terminal's size has changed.
  void measure();

  /// Begins a page; on a plain terminal an empty line does.
  void clear() const;
  /// A place in a file, such as "aio/timers.hpp:120": its text, which many terminals open at a
  /// click.
  std::string link(std::string_view place) const;
  /// How much is done: a bar where there is one to draw, and always in numbers.
  std::string bar(std::size_t done, std::size_t all) const;

 private:
  Terminal& terminal_;
  std::size_t rows_ = 24;
};

}  // namespace coach
