#include "terminal.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "text.hpp"

namespace coach {

namespace {

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

bool wants_no_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return no_colour != nullptr && *no_colour != '\0';
}

std::size_t columns_of_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

Terminal::Terminal(bool plain)
    : plain_(plain || is_dumb() || ::isatty(STDOUT_FILENO) == 0),
      colour_(!plain_ && !wants_no_colour()),
      width_(columns_of_terminal()) {}

Terminal Terminal::writing_to(std::string& text) const {
  Terminal writer = *this;
  writer.text_ = &text;
  writer.held_ = true;
  return writer;
}

void Terminal::measure() { width_ = columns_of_terminal(); }

std::string Terminal::styled(Style style, std::string_view text) const {
  if (!colour_ || style == Style::plain) return std::string(text);
  const int code = style == Style::good  ? 32
                   : style == Style::bad ? 31
                   : style == Style::dim ? 2
                                         : 1;
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

namespace {

/// How far the text of a list's item stands in: 2 for "- ", 3 for "1. "; 0 for other lines.
std::size_t marker_of(std::string_view line) {
  if (line.starts_with("- ")) return 2;
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  return digits > 0 && digits < 3 && line.substr(digits).starts_with(". ") ? digits + 2 : 0;
}

/// Where the text of a line begins behind what is aligned: "   7.   250 ms  A runs" says it in
/// column 18. A line that is not aligned has only its margin.
std::size_t column_of_text(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t number = line.find(". ", begin);
  const bool numbered =
      number != std::string_view::npos && line.find_first_not_of("0123456789", begin) == number;
  if (!numbered) return begin;
  const std::size_t gap = line.rfind("  ", begin + 24);
  const std::size_t after = gap != std::string_view::npos && gap > number ? gap : number;
  return std::min(line.find_first_not_of(' ', after + 1), line.size());
}

}  // namespace

void Terminal::say(std::string_view text, std::size_t indent) const {
  const std::size_t room = std::max<std::size_t>(20, std::min<std::size_t>(width_, 100) - indent);
  const std::string margin(indent, ' ');
  std::string paragraph;
  bool fenced = false;
  const auto flush = [&] {
    const std::string further(marker_of(paragraph), ' ');
    bool first = true;
    for (const std::string& part : wrap(std::exchange(paragraph, {}), room - further.size())) {
      line(margin + (std::exchange(first, false) ? "" : further) + part);
    }
  };
  for (const std::string& each : split_lines(text)) {
    const bool fence = each.starts_with("```");
    if (fence) fenced = !fenced;
    const bool in_item = marker_of(paragraph) > 0;  // whose further lines may be indented, too
    const bool as_it_is = !fence && (fenced || (!in_item && each.starts_with("    ")));  // code
    if (fence || as_it_is || each.empty() || marker_of(each) > 0) flush();
    if (as_it_is || (each.empty() && !fence)) {
      line(each.empty() ? "" : margin + each);
    } else if (!fence) {
      paragraph += each + ' ';
    }
  }
  flush();
}

void Terminal::hang(std::string_view text, Style style) const {
  if (columns(text) <= width_) return line(styled(style, text));
  std::size_t indent = column_of_text(text);
  if (indent > width_ / 2) indent = std::min(text.find_first_not_of(' '), width_ / 2);
  const bool aligned = text.find_first_not_of(' ') < indent;
  std::string head(text.substr(0, indent));
  const std::string further(columns(head) + (aligned ? 0 : 2), ' ');
  for (const std::string& part : wrap(text.substr(indent), width_ - further.size())) {
    line(std::exchange(head, further) + styled(style, part));
  }
}

void Terminal::line(std::string_view text) const {
  if (text_ != nullptr) {
    text_->append(text).append("\n");
    return;
  }
  end_progress();
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

Terminal Terminal::telling(std::function<void(std::string_view)> listener) const {
  Terminal terminal = *this;
  terminal.told_ = std::move(listener);
  return terminal;
}

void Terminal::progress(std::string_view text) const {
  if (told_) told_(text);
  if (plain_ || held_) return;
  const std::string shown = padded(text, std::min(columns(text), width_ - 1));
  std::printf("\r\x1b[K%s", shown.c_str());
  std::fflush(stdout);
  in_progress_ = true;
}

void Terminal::end_progress() const {
  if (!in_progress_) return;
  std::printf("\r\x1b[K");
  std::fflush(stdout);
  in_progress_ = false;
}

}  // namespace coach
