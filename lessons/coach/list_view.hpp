#pragma once
// The list of everything in the course: arrows move, letters search, Enter jumps.

#include <cstddef>
#include <string>
#include <vector>

#include "commands.hpp"
#include "keys.hpp"
#include "screen.hpp"

namespace coach {

class ListView {
 public:
  ListView(const Desk& desk, const Screen& screen);

  /// Opens it at an item.
  void open(const Place& at);
  /// What a key means: go on, leave, or jump to chosen().
  enum class Outcome { stay, leave, jump };
  Outcome press(Key key);
  Place chosen() const { return shown_.at(cursor_); }

  void draw() const;

 private:
  void search(std::string text);
  void move(std::ptrdiff_t by);
  std::ptrdiff_t page() const;
  std::string line_for(const Place& place) const;
  void draw_items() const;

  Desk desk_;
  const Screen& screen_;
  std::vector<Place> all_, shown_;  // shown_: those that are found
  std::size_t cursor_ = 0;          // in shown_
  std::string sought_;
  bool searching_ = false;  // letters are part of the search
};

}  // namespace coach
