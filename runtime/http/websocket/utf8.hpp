#pragma once
// Whether bytes are text.

#include <cstddef>
#include <string_view>

namespace http::detail {

/// How many bytes follow a first one, and what the second may be at least and at most.
struct Utf8Lead {
  std::size_t more;
  unsigned char low, high;
};

constexpr Utf8Lead utf8_lead(unsigned char first) {
  if (first >= 0xc2 && first <= 0xdf) return {1, 0x80, 0xbf};
  if (first == 0xe0) return {2, 0xa0, 0xbf};  // shorter ones would do
  if (first == 0xed) return {2, 0x80, 0x9f};  // halves of pairs in UTF-16
  if (first >= 0xe1 && first <= 0xef) return {2, 0x80, 0xbf};
  if (first == 0xf0) return {3, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {3, 0x80, 0xbf};
  if (first == 0xf4) return {3, 0x80, 0x8f};  // beyond the last letter there is
  return {0, 0, 0};
}

/// Whether it is UTF-8, whole and in its shortest form: RFC 3629.
constexpr bool is_utf8(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (at(i) < 0x80) continue;
    const Utf8Lead lead = utf8_lead(at(i));
    if (lead.more == 0 || text.size() - i <= lead.more) return false;
    if (at(i + 1) < lead.low || at(i + 1) > lead.high) return false;
    for (std::size_t next = 2; next <= lead.more; ++next) {
      if ((at(i + next) & 0xc0) != 0x80) return false;
    }
    i += lead.more;
  }
  return true;
}

}  // namespace http::detail
