#include "screen.hpp"

#include <cctype>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace coach {

namespace {

/// As it stands in a URL.
std::string encoded(std::string_view path) {
  std::string url;
  for (const char c : path) {
    const bool as_it_is =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("/._-~").contains(c);
    url += as_it_is ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return url;
}

}  // namespace

void Screen::measure() {
  terminal_.measure();
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) rows_ = size.ws_row;
}

void Screen::clear() const {
  if (terminal_.plain()) return terminal_.line();
  terminal_.end_progress();
  std::fputs("\x1b[H\x1b[2J", stdout);
}

std::string Screen::link(std::string_view place) const {
  if (terminal_.plain()) return std::string(place);
  const fs::path file = fs::absolute(place.substr(0, place.rfind(':')));
  return fmt::format("\x1b]8;;file://{}\x1b\\{}\x1b]8;;\x1b\\", encoded(file.string()), place);
}

std::string Screen::bar(std::size_t done, std::size_t all) const {
  const std::string numbers = fmt::format("{} of {} done", done, all);
  if (terminal_.plain() || all == 0) return numbers;
  constexpr std::size_t length = 20;
  const std::size_t full = done * length / all;
  std::string filled, rest;  // of two shapes: there may be no colours
  for (std::size_t i = 0; i < length; ++i) i < full ? filled += "━" : rest += "╌";
  return terminal_.styled(Style::good, filled) + terminal_.styled(Style::dim, rest) + "  " +
         numbers;
}

}  // namespace coach
