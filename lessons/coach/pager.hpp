#pragma once
// A text that may be longer than the screen, shown from its beginning.

#include <cstddef>
#include <string>
#include <vector>

#include "keys.hpp"
#include "screen.hpp"

namespace coach {

class Pager {
 public:
  explicit Pager(const Screen& screen) : screen_(screen) {}

  void open(const std::string& text);
  /// Moves; false if the key does not, and so leaves.
  bool press(Key key);
  void draw() const;

 private:
  std::size_t room() const;
  std::size_t rows_of(std::size_t line) const;
  std::size_t end_of_page(std::size_t first) const;
  std::size_t begin_of_page(std::size_t end) const;
  bool fits() const { return end_of_page(0) == lines_.size(); }

  const Screen& screen_;
  std::vector<std::string> lines_;
  std::size_t first_ = 0;  // line on the screen
};

}  // namespace coach
