#include "html.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include <mistake.hpp>

namespace book {

std::string escaped(std::string_view text) {
  std::string html;
  html.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string slug_of(std::string_view text) {
  std::string slug;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '-' || c == '_') {
      slug += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    } else if (c == ' ') {
      slug += '-';
    }
  }
  return slug;
}

std::string filled(const fs::path& file, const Values& values) {
  const std::string text = coach::read_file(file);
  std::string result;
  std::size_t from = 0;
  for (std::size_t at = text.find("{{"); at != text.npos; at = text.find("{{", from)) {
    const std::size_t end = text.find("}}", at);
    const std::string name = text.substr(at + 2, end - at - 2);
    const auto value = values.find(name);
    if (end == text.npos || value == values.end())
      throw coach::Mistake(fmt::format("{}: nothing stands for {{{{{}}}}}", file.string(), name));
    result.append(text, from, at - from).append(value->second);
    from = end + 2;
  }
  return result.append(text, from);
}

std::string way_up(std::string_view path) {
  std::string way;
  for (auto slashes = std::ranges::count(path, '/'); slashes > 1; --slashes) way += "../";
  return way;
}

std::string made_relative(std::string html, std::string_view path) {
  static constexpr std::string_view mark = "=\"/";
  const std::string way = way_up(path);
  std::string result;
  std::size_t from = 0;
  for (std::size_t at = html.find(mark); at != html.npos; at = html.find(mark, from)) {
    result.append(html, from, at + 2 - from).append(way);
    const bool empty = way.empty() && html.compare(at + 3, 1, "\"") == 0;
    if (empty) result += "./";
    from = at + 3;
  }
  return result.append(html, from);
}

}  // namespace book
