#include "diagram.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "book.hpp"
#include "html.hpp"

namespace book {

std::string diagram_name(std::string_view source) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : source) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

std::string diagram(std::string_view source) {
  const std::string name = diagram_name(source);
  if (!fs::exists(diagrams_folder / (name + ".light.svg"))) {
    return fmt::format("<pre><code>{}</code></pre>\n", escaped(source));
  }
  const auto picture = [&](std::string_view theme) {
    return fmt::format(
        "<img class=\"in-{0}\" loading=\"lazy\" src=\"/diagrams/{1}.{0}.svg\" "
        "alt=\"A diagram. The text below says the same in words.\">",
        theme, name);
  };
  return fmt::format("<figure class=\"diagram\">{}{}</figure>\n", picture("light"),
                     picture("dark"));
}

}  // namespace book
