#include "pager.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "text.hpp"

namespace coach {

namespace {

constexpr std::size_t rows_below = 4;  // an empty line, and the keys in at most three

}  // namespace

void Pager::open(const std::string& text) {
  lines_ = split_lines(text);
  while (!lines_.empty() && lines_.back().empty()) lines_.pop_back();
  first_ = 0;
}

std::size_t Pager::room() const {
  return screen_.rows() > rows_below + 1 ? screen_.rows() - rows_below : 1;
}

std::size_t Pager::rows_of(std::size_t line) const {
  const std::size_t width = screen_.terminal().width();
  const std::size_t taken = columns(without_escapes(lines_[line]));
  return std::max<std::size_t>(1, (taken + width - 1) / width);
}

/// Behind the last line of a page; a line is shown even if it needs more than a page.
std::size_t Pager::end_of_page(std::size_t first) const {
  std::size_t end = first, used = 0;
  while (end < lines_.size() && (end == first || used + rows_of(end) <= room())) {
    used += rows_of(end++);
  }
  return end;
}

/// The first line of the page that ends before `end`.
std::size_t Pager::begin_of_page(std::size_t end) const {
  std::size_t first = end;
  while (first > 0 && (first == end || end_of_page(first - 1) >= end)) --first;
  return first;
}

bool Pager::press(Key key) {
  if (fits()) return false;
  const std::size_t last = begin_of_page(lines_.size());
  const bool letter = key.name == Key::Name::letter;
  if (key.name == Key::Name::up || (letter && key.letter == 'k')) {
    first_ -= std::min<std::size_t>(first_, 1);
  } else if (key.name == Key::Name::down || (letter && key.letter == 'j')) {
    ++first_;
  } else if (key.name == Key::Name::page_down || (letter && key.letter == ' ')) {
    first_ = end_of_page(first_);
  } else if (key.name == Key::Name::page_up) {
    first_ = begin_of_page(first_);
  } else if (key.name == Key::Name::home || key.name == Key::Name::end) {
    first_ = key.name == Key::Name::home ? 0 : last;
  } else {
    return false;
  }
  first_ = std::min(first_, last);
  return true;
}

void Pager::draw() const {
  const Terminal& terminal = screen_.terminal();
  screen_.clear();
  const std::size_t end = end_of_page(first_);
  for (std::size_t i = first_; i < end; ++i) terminal.line(lines_[i]);
  terminal.line();
  if (fits()) return terminal.line("Any key: back");
  terminal.say(
      fmt::format("Lines {} to {} of {} · arrows, space, PgUp, PgDn move · other keys: back",
                  first_ + 1, end, lines_.size()));
}

}  // namespace coach
