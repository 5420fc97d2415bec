#pragma once
// What is in a file, by the end of its name.

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <http/headers/characters.hpp>

namespace http {

namespace detail {
inline constexpr auto media_types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"avif", "image/avif"},
    {"bin", "application/octet-stream"},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/vnd.microsoft.icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},
    {"otf", "font/otf"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xml", "application/xml"},
    {"zip", "application/zip"},
});
}  // namespace detail

/// The media type of a file with that name; bytes of no known kind when its end tells nothing.
inline std::string_view media_type_of(std::string_view name) {
  constexpr std::string_view unknown = "application/octet-stream";
  const std::size_t dot = name.find_last_of("./");
  if (dot == name.npos || name[dot] != '.') return unknown;
  const std::string ending = lowered(name.substr(dot + 1));
  for (const auto& [known, type] : detail::media_types) {
    if (known == ending) return type;
  }
  return unknown;
}

}  // namespace http
