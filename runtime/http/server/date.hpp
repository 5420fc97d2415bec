#pragma once
// The time of day as HTTP writes it: RFC 9110, 5.6.7.

#include <ctime>
#include <string>
#include <string_view>

namespace http {

/// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale is.
inline std::string http_date(std::time_t time) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "xxx, %d xxx %Y %H:%M:%S GMT", &parts);
  std::string date(text, size);
  date.replace(0, 3, days[parts.tm_wday]);
  date.replace(8, 3, months[parts.tm_mon]);
  return date;
}

namespace detail {

/// The header of a response that is sent now; made once a second.
inline std::string_view date_header() {
  static thread_local std::time_t made_at = -1;
  static thread_local std::string header;
  if (const std::time_t now = std::time(nullptr); now != made_at) {
    made_at = now;
    header = "Date: " + http_date(now) + "\r\n";
  }
  return header;
}

}  // namespace detail

}  // namespace http
