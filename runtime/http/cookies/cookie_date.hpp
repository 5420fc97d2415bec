#pragma once
// The date in a cookie. Servers write it in many ways: RFC 6265, 5.1.1, says how to read them all.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include <http/headers/characters.hpp>

namespace http::detail {

/// What has been found of a date; -1: not yet.
struct CookieDate {
  int second = -1, minute = -1, hour = -1, day = -1, month = -1, year = -1;

  void take(std::string_view word);
  std::optional<std::time_t> time() const;

 private:
  bool take_time(std::string_view word);
  bool take_month(std::string_view word);
};

/// A number of so many digits at the start, whatever else follows but a digit; -1: there is none.
inline int leading_number(std::string_view word, std::size_t least, std::size_t most) {
  int number = 0;
  std::size_t digits = 0;
  for (; digits < word.size() && is_digit(word[digits]); ++digits) {
    if (digits == most) return -1;
    number = number * 10 + (word[digits] - '0');
  }
  return digits < least ? -1 : number;
}

/// "8:49:37" and the like.
inline bool CookieDate::take_time(std::string_view word) {
  const std::size_t first = word.find(':');
  if (first == word.npos || first > 2) return false;
  const std::size_t second_colon = word.find(':', first + 1);
  if (second_colon == word.npos || second_colon > first + 3) return false;
  hour = leading_number(word.substr(0, first), first, 2);
  minute = leading_number(word.substr(first + 1, second_colon - first - 1), 1, 2);
  second = leading_number(word.substr(second_colon + 1), 1, 2);
  return true;
}

inline bool CookieDate::take_month(std::string_view word) {
  static constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (word.size() < 3) return false;
  const std::size_t at = months.find(lowered(word.substr(0, 3)));
  if (at == months.npos || at % 3 != 0) return false;
  month = static_cast<int>(at / 3);
  return true;
}

/// Each word is the first thing that it can be.
inline void CookieDate::take(std::string_view word) {
  if (hour < 0 && take_time(word)) return;
  if (const int number = leading_number(word, 1, 2); day < 0 && number >= 0) {
    day = number;
  } else if (month < 0 && take_month(word)) {
    return;
  } else if (const int long_number = leading_number(word, 2, 4); year < 0 && long_number >= 0) {
    year = long_number;
    if (year < 100) year += year >= 70 ? 1900 : 2000;
  }
}

inline std::optional<std::time_t> CookieDate::time() const {
  if (std::min({second, minute, hour, month}) < 0 || day < 1 || year < 1601) return {};
  if (second > 59 || minute > 59 || hour > 23 || day > 31) return {};
  std::tm parts{};
  parts.tm_sec = second, parts.tm_min = minute, parts.tm_hour = hour;
  parts.tm_mday = day, parts.tm_mon = month, parts.tm_year = year - 1900;
  const std::time_t time = ::timegm(&parts);
  return parts.tm_mday == day ? std::optional(time) : std::nullopt;  // not of a day like 30 Feb
}

/// The time that the date of a cookie means; nothing when it is none.
inline std::optional<std::time_t> parse_cookie_date(std::string_view text) {
  const auto ends_word = [](char c) {
    return !is_digit(c) && !is_alpha(c) && c != ':' && static_cast<unsigned char>(c) < 0x7f;
  };
  CookieDate date;
  while (!text.empty()) {
    const auto end = std::ranges::find_if(text, ends_word);
    const std::string_view word(text.begin(), end);
    if (!word.empty()) date.take(word);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return date.time();
}

}  // namespace http::detail
