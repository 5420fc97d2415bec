#pragma once
// Percent signs in URLs: "%20" is a blank.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <http/headers/characters.hpp>

namespace http {

/// May it stand in a URL as it is, wherever it stands? RFC 3986, 2.3.
constexpr bool is_unreserved(char c) {
  return is_digit(c) || is_alpha(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// Writes every byte that is not unreserved as "%XX": for one segment of a path, or for a name or
/// a value of a query.
inline std::string percent_encode(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      const auto code = static_cast<unsigned char>(c);
      encoded.append({'%', digits[code >> 4], digits[code & 15]});
    }
  }
  return encoded;
}

/// The bytes that were encoded; nothing when a percent sign is not followed by two hexadecimal
/// digits. A plus sign stays one.
inline std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (at + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return decoded;
}

/// A name or a value of a query, as forms encode it: a plus sign is a blank.
inline std::optional<std::string> form_decode(std::string_view text) {
  std::string spaced(text);
  for (char& c : spaced) {
    if (c == '+') c = ' ';
  }
  return percent_decode(spaced);
}

}  // namespace http
