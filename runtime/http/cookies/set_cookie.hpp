#pragma once
// What a server says with `Set-Cookie`: RFC 6265, 5.2.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <http/cookies/cookie_date.hpp>
#include <http/headers/characters.hpp>

namespace http::detail {

using CookieTime = std::chrono::system_clock::time_point;

/// A cookie as it was set, before anybody asked whether its server may do so.
struct SetCookie {
  std::string name, value;
  std::string domain, path;           // empty: not given
  std::optional<CookieTime> expires;  // nothing: with the jar
  bool secure = false;
};

/// Seconds from now, as `Max-Age` says; nothing when that is no number.
inline std::optional<CookieTime> parse_max_age(std::string_view text, CookieTime now) {
  static constexpr std::int64_t most = 400 * 24 * 3600;  // as browsers have it
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return {};
  if (negative) return CookieTime::min();
  std::int64_t seconds = 0;
  for (const char digit : text) seconds = std::min(seconds * 10 + (digit - '0'), most);
  return seconds == 0 ? CookieTime::min() : now + std::chrono::seconds(seconds);
}

/// The last of several of one name counts, but `Max-Age` more than `Expires`.
inline void take_attribute(SetCookie& cookie, std::string_view name, std::string_view value,
                           bool& has_age, CookieTime now) {
  if (same_name(name, "Secure")) cookie.secure = true;
  if (same_name(name, "Path")) cookie.path = value.starts_with('/') ? value : "";
  if (same_name(name, "Domain")) {
    cookie.domain = lowered(value.substr(value.starts_with('.') ? 1 : 0));
  }
  if (same_name(name, "Max-Age")) {
    if (const auto until = parse_max_age(value, now)) cookie.expires = until, has_age = true;
  }
  if (same_name(name, "Expires") && !has_age) {
    if (const auto date = parse_cookie_date(value)) {
      cookie.expires = std::chrono::system_clock::from_time_t(*date);
    }
  }
}

/// Nothing for what has no name, or a control character in it.
inline std::optional<SetCookie> parse_set_cookie(std::string_view text, CookieTime now) {
  if (has_controls(text)) return {};
  SetCookie cookie;
  bool has_age = false;
  for (bool first = true; first || !text.empty(); first = false) {
    const std::string_view part = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = trimmed(part.substr(0, equals));
    const std::string_view value = trimmed(part.substr(std::min(equals + 1, part.size())));
    if (!first) {
      take_attribute(cookie, name, value, has_age, now);
    } else if (name.empty() || equals == part.size()) {
      return {};
    } else {
      cookie.name = name, cookie.value = value;
    }
  }
  return cookie;
}

}  // namespace http::detail
