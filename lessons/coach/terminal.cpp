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

void Terminal::say(std::string_view text, std::size_t indent) const {
  const std::size_t room = std::max<std::size_t>(20, std::min<std::size_t>(width_, 100) - indent);
  const std::string margin(indent, ' ');
  std::string paragraph;
  bool fenced = false;
  const auto flush = [&] {
    const std::string further(paragraph.starts_with("- ") ? 2 : 0, ' ');  // an item of a list
    bool first = true;
    for (const std::string& part : wrap(std::exchange(paragraph, {}), room - further.size())) {
      line(margin + (std::exchange(first, false) ? "" : further) + part);
    }
  };
  for (const std::string& each : split_lines(text)) {
    const bool fence = each.starts_with("```");
    if (fence) fenced = !fenced;
    const bool as_it_is = !fence && (fenced || each.starts_with("    "));  // code
    if (fence || as_it_is || each.empty() || each.starts_with("- ")) flush();
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
  const std::size_t indent = std::min(text.find_first_not_of(' '), width_ / 2);
  std::size_t further = 0;
  for (const std::string& part : wrap(text, width_ - indent - 2)) {
    line(std::string(indent + further, ' ') + styled(style, part));
    further = 2;
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

void Terminal::progress(std::string_view text) const {
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
