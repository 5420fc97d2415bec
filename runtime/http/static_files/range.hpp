#pragma once
// A part of a file: RFC 9110, 14.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <http/connection/checks.hpp>
#include <http/headers/characters.hpp>

namespace http::detail {

/// Bytes of a file, from `first`.
struct Range {
  std::uint64_t first = 0, size = 0;

  /// "bytes 0-99/1000"
  std::string text(std::uint64_t of) const {
    return "bytes " + std::to_string(first) + "-" + std::to_string(first + size - 1) + "/" +
           std::to_string(of);
  }
};

/// What becomes of a request with a header `Range`.
struct RangeChoice {
  enum class Kind { whole, part, unsatisfiable };
  Kind kind = Kind::whole;
  Range range;
};

/// What `bytes=…` asks for in a file of `size` bytes. Several parts at once, and what is no range,
/// are answered with the whole file, which is allowed.
inline RangeChoice choose_range(std::string_view text, std::uint64_t size) {
  using Kind = RangeChoice::Kind;
  static constexpr std::string_view unit = "bytes=";
  if (text.size() < unit.size() || !same_name(text.substr(0, unit.size()), unit)) return {};
  text = trimmed(text.substr(unit.size()));
  const std::size_t dash = text.find('-');
  if (dash == text.npos) return {};
  const std::string_view before = text.substr(0, dash), after = text.substr(dash + 1);
  const std::optional<std::uint64_t> first = length_of(before), last = length_of(after);
  if ((!first && !before.empty()) || (!last && !after.empty()) || (!first && !last)) return {};
  if (!first) {  // the last so many
    if (*last == 0 || size == 0) return {Kind::unsatisfiable, {}};
    const std::uint64_t count = std::min(*last, size);
    return {Kind::part, {size - count, count}};
  }
  if (last && *last < *first) return {};
  if (*first >= size) return {Kind::unsatisfiable, {}};
  return {Kind::part, {*first, std::min(last.value_or(size), size - 1) - *first + 1}};
}

}  // namespace http::detail
