#pragma once
// A time of day as HTTP writes it, read back: RFC 9110, 5.6.7.

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>

#include <http/connection/checks.hpp>

namespace http {

/// The time that "Sun, 06 Nov 1994 08:49:37 GMT" means; nothing for anything else. The two forms
/// that nobody sends any more are not read: a condition with one of them does not hold.
inline std::optional<std::time_t> parse_http_date(std::string_view text) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  static constexpr std::string_view form = "xxx, dd xxx dddd dd:dd:dd GMT";
  if (text.size() != form.size()) return {};
  for (std::size_t at = 0; at < form.size(); ++at) {
    const bool fits = form[at] == 'd'   ? is_digit(text[at])
                      : form[at] == 'x' ? is_alpha(text[at])
                                        : text[at] == form[at];
    if (!fits) return {};
  }
  const auto number = [text](std::size_t at, std::size_t size) {
    return static_cast<int>(*detail::length_of(text.substr(at, size)));
  };
  const std::size_t month = months.find(text.substr(8, 3));
  if (month == months.npos || month % 3 != 0) return {};
  std::tm parts{};
  parts.tm_mday = number(5, 2);
  parts.tm_mon = static_cast<int>(month / 3);
  parts.tm_year = number(12, 4) - 1900;
  parts.tm_hour = number(17, 2);
  parts.tm_min = number(20, 2);
  parts.tm_sec = number(23, 2);
  if (parts.tm_mday > 31 || parts.tm_hour > 23 || parts.tm_min > 59 || parts.tm_sec > 60) return {};
  return ::timegm(&parts);
}

}  // namespace http
