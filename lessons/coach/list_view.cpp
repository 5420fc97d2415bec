#include "list_view.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "text.hpp"

namespace coach {

namespace {

constexpr std::size_t lines_around = 5;  // title, search, and the keys in at most two lines

bool matches(const Place& place, const std::string& sought) {
  const auto holds = [&](std::string_view text) {
    return lower(text).find(sought) != std::string::npos;
  };
  return place.item->id.starts_with(sought) || holds(place.item->id) || holds(place.item->title) ||
         holds(place.lesson->title);
}

}  // namespace

ListView::ListView(const Desk& desk, const Screen& screen) : desk_(desk), screen_(screen) {
  for (const Lesson& lesson : desk.course.lessons()) {
    for (const Item& item : lesson.items) all_.push_back({&lesson, &item});
  }
  shown_ = all_;
}

void ListView::open(const Place& at) {
  if (screen_.terminal().plain()) {
    screen_.terminal().hang("The list: arrows move, / searches, Enter jumps, Esc goes back.");
  }
  searching_ = false;
  search("");
  const auto found = std::ranges::find(all_, at.item, &Place::item);
  if (found != all_.end()) cursor_ = static_cast<std::size_t>(found - all_.begin());
}

/// What begins with the text comes before what only holds it.
void ListView::search(std::string text) {
  sought_ = std::move(text);
  const std::string sought = lower(sought_);
  shown_.clear();
  std::ranges::copy_if(all_, std::back_inserter(shown_),
                       [&](const Place& place) { return matches(place, sought); });
  std::ranges::stable_partition(
      shown_, [&](const Place& place) { return place.item->id.starts_with(sought); });
  cursor_ = 0;
}

void ListView::move(std::ptrdiff_t by) {
  const auto last = static_cast<std::ptrdiff_t>(shown_.size()) - 1;
  const std::ptrdiff_t wanted = static_cast<std::ptrdiff_t>(cursor_) + by;
  cursor_ = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(wanted, 0, std::max<std::ptrdiff_t>(last, 0)));
}

std::ptrdiff_t ListView::page() const {
  const std::size_t rows = screen_.rows();
  return rows > lines_around + 1 ? static_cast<std::ptrdiff_t>(rows - lines_around) : 1;
}

ListView::Outcome ListView::press(Key key) {
  const auto everything = static_cast<std::ptrdiff_t>(all_.size());
  switch (key.name) {
    case Key::Name::up:
      move(-1);
      break;
    case Key::Name::down:
      move(1);
      break;
    case Key::Name::page_up:
      move(-page());
      break;
    case Key::Name::page_down:
      move(page());
      break;
    case Key::Name::home:
      move(-everything);
      break;
    case Key::Name::end:
      move(everything);
      break;
    case Key::Name::enter:
      return shown_.empty() ? Outcome::stay : Outcome::jump;
    case Key::Name::escape:
      if (!searching_ && sought_.empty()) return Outcome::leave;
      searching_ = false;
      search("");
      break;
    case Key::Name::backspace:
      if (!sought_.empty()) search(sought_.substr(0, sought_.size() - 1));
      break;
    case Key::Name::hang_up:
      return Outcome::leave;
    case Key::Name::letter:
      if (searching_ || (key.letter >= '0' && key.letter <= '9')) {
        searching_ = true;
        search(sought_ + key.letter);
      } else if (key.letter == '/') {
        searching_ = true;
      } else if (key.letter == 'j' || key.letter == 'k') {
        move(key.letter == 'j' ? 1 : -1);
      } else if (key.letter == 'l' || key.letter == 'q') {
        return Outcome::leave;
      }
  }
  return Outcome::stay;
}

/// A sign for what is done and one for the cursor; words on a plain terminal.
std::string ListView::line_for(const Place& place) const {
  const Terminal& terminal = screen_.terminal();
  const bool done = desk_.progress.of(place.item->id).passed;
  const std::string_view sign = terminal.plain() ? (done ? "done" : "open") : (done ? "✓" : "·");
  return fmt::format("{}  {} {}  {}", place.lesson->number, sign, padded(place.item->id, 11),
                     place.item->title);
}

/// The items below the names of their lessons; as many lines as there is room for.
void ListView::draw_items() const {
  const Terminal& terminal = screen_.terminal();
  std::vector<std::string> lines;
  std::size_t cursor = 0;
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const Lesson* lesson = shown_[i].lesson;
    if (i == 0 || shown_[i - 1].lesson != lesson) {
      lines.push_back(fmt::format("{} {}", lesson->number, lesson->title));
    }
    if (i == cursor_) cursor = lines.size();
    lines.push_back((i == cursor_ ? "> " : "  ") + line_for(shown_[i]));
  }
  const auto height = static_cast<std::size_t>(page());
  const std::size_t first = cursor - std::min(cursor, height / 2);
  for (std::size_t i = first; i < std::min(first + height, lines.size()); ++i) {
    const std::string line = padded(lines[i], terminal.width() - 1);
    terminal.line(terminal.styled(i == cursor ? Style::bold : Style::plain, line));
  }
}

void ListView::draw() const {
  const Terminal& terminal = screen_.terminal();
  if (terminal.plain()) {  // no cursor that moves: say only where it stands
    if (shown_.empty()) return terminal.line(fmt::format("Nothing holds \"{}\".", sought_));
    const Place& place = shown_[cursor_];
    const std::string search = searching_ ? fmt::format("Search {}. ", sought_) : "";
    return terminal.hang(search + fmt::format("{} of {}: {} ({})", cursor_ + 1, shown_.size(),
                                              line_for(place), place.lesson->title));
  }
  screen_.clear();
  terminal.line(terminal.styled(Style::bold, "Everything in the course"));
  terminal.line(searching_ ? fmt::format("Search: {}_", sought_) : "");
  if (shown_.empty()) terminal.line(fmt::format("Nothing holds \"{}\".", sought_));
  draw_items();
  terminal.say("arrows move · / search · Enter jump · Esc back");
}

}  // namespace coach
