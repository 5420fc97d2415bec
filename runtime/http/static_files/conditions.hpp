#pragma once
// Whether a client has it already: RFC 9110, 13.

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include <http/headers.hpp>
#include <http/server/date.hpp>
#include <http/static_files/date_parser.hpp>

namespace http::detail {

/// What tells one state of a file from another.
struct Validators {
  std::string tag;  // with its quotes
  std::time_t changed = 0;
};

/// Whether one of the fields of that name lists the tag, or is `*`. Weak tags name what is as good,
/// so they count only where `weak` ones do. Our tags have no comma inside.
inline bool lists_tag(const Headers& headers, std::string_view name, std::string_view tag,
                      bool weak) {
  for (const std::string_view value : headers.get_all(name)) {
    if (trimmed(value) == "*" || lists(value, tag)) return true;
    if (weak && lists(value, "W/" + std::string(tag))) return true;
  }
  return false;
}

inline std::optional<std::time_t> date_in(const Headers& headers, std::string_view name) {
  const std::optional<std::string_view> value = headers.get(name);
  return value ? parse_http_date(*value) : std::nullopt;
}

/// 412: it is not what the client thinks; 304: the client has it; 0: neither.
inline int check_conditions(const Headers& headers, const Validators& now) {
  if (headers.contains("If-Match")) {
    if (!lists_tag(headers, "If-Match", now.tag, false)) return 412;
  } else if (now.changed > date_in(headers, "If-Unmodified-Since").value_or(now.changed)) {
    return 412;
  }
  if (headers.contains("If-None-Match")) {
    return lists_tag(headers, "If-None-Match", now.tag, true) ? 304 : 0;
  }
  const std::optional<std::time_t> since = date_in(headers, "If-Modified-Since");
  return since && now.changed <= *since ? 304 : 0;
}

/// Whether the part that is asked for belongs to what the client has of it.
inline bool range_counts(const Headers& headers, const Validators& now) {
  const std::optional<std::string_view> condition = headers.get("If-Range");
  return !condition || *condition == now.tag || *condition == http_date(now.changed);
}

}  // namespace http::detail
