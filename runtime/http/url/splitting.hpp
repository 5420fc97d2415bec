#pragma once
// The parts of a URL: RFC 3986, 3 and 5.2.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <http/headers/characters.hpp>
#include <http/url/percent.hpp>

namespace http::detail {

/// Views of a URL or of a relative reference.
struct UrlParts {
  std::optional<std::string_view> scheme, authority;
  std::string_view path;
  std::optional<std::string_view> query, fragment;
};

constexpr bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

/// Cuts `text` at the first `mark`, and gives what follows.
constexpr std::optional<std::string_view> cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return std::nullopt;
  const std::string_view after = text.substr(at + 1);
  text = text.substr(0, at);
  return after;
}

constexpr UrlParts split_url(std::string_view text) {
  UrlParts parts;
  parts.fragment = cut(text, '#');
  parts.query = cut(text, '?');
  const std::size_t colon = text.find(':');
  if (colon != text.npos && is_scheme(text.substr(0, colon))) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t slash = std::min(text.find('/'), text.size());
    parts.authority = text.substr(0, slash);
    text.remove_prefix(slash);
  }
  parts.path = text;
  return parts;
}

/// Whether it begins with a percent sign and two hexadecimal digits.
constexpr bool is_percent_code(std::string_view text) {
  return text.size() > 2 && text[0] == '%' && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0;
}

/// Why it can be no URL, wherever it stands; null when it may be one.
constexpr const char* unusable_in_url(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_control(c) || is_blank(c)) return "a URL has no blanks and no control characters in it";
    if (static_cast<unsigned char>(c) > 0x7f) return "write letters beyond ASCII as %XX in a URL";
    if (std::string_view("\"<>\\^`{|}").contains(c)) {
      return "one of \"<>\\^`{|} stands in a URL; write it as %XX";
    }
    if (c == '%' &&
        (at + 2 >= text.size() || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0)) {
      return "a percent sign in a URL is followed by two hexadecimal digits";
    }
  }
  return nullptr;
}

/// Why it can be no target of a request; null when it may be one. Browsers send some characters as
/// they are that a URL should not have.
constexpr const char* unusable_target(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_control(c) || is_blank(c))
      return "there is a blank or a control character in the target";
    if (static_cast<unsigned char>(c) > 0x7f) return "there is a letter beyond ASCII in the target";
    if (c == '#') return "a target has no fragment";
    if (c == '%' && !is_percent_code(text.substr(at))) {
      return "a percent sign in the target is not followed by two hexadecimal digits";
    }
  }
  return nullptr;
}

inline bool is_ipv6(std::string_view text) {
  in6_addr address;
  return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

/// A name, an IPv4 address, or an IPv6 address in brackets.
inline bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    return text.ends_with(']') && is_ipv6(text.substr(1, text.size() - 2));
  }
  return !text.empty() && std::ranges::all_of(text, is_unreserved);
}

/// The target of a relative path, seen from `base`.
inline std::string merged_path(std::string_view base, std::string_view relative) {
  if (relative.starts_with('/')) return std::string(relative);
  return std::string(base.substr(0, base.rfind('/') + 1)) + std::string(relative);
}

/// "." and ".." are followed, never beyond the root.
inline std::string without_dots(std::string_view path) {
  std::string clean;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    const bool dots = segment == "." || segment == "..";
    if (segment == "..") clean.resize(clean.find_last_of('/') == clean.npos ? 0 : clean.rfind('/'));
    if (!dots) clean.append("/").append(segment);
    if (slash == path.npos) return dots || clean.empty() ? clean + "/" : clean;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace http::detail
