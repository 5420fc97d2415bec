// Styles and scripts, and the fonts of Debian's packages.

#include <array>

#include <fmt/format.h>

#include "chapters.hpp"

namespace book {

namespace {

struct Font {
  std::string_view name, file, type;
};
constexpr std::array fonts{
    Font{"caladea-regular.ttf", "truetype/crosextra/Caladea-Regular.ttf", "font/ttf"},
    Font{"caladea-italic.ttf", "truetype/crosextra/Caladea-Italic.ttf", "font/ttf"},
    Font{"caladea-bold.ttf", "truetype/crosextra/Caladea-Bold.ttf", "font/ttf"},
};
constexpr std::array hack{
    Font{"hack-regular-subset.woff2", "hack-regular-subset.woff2", "font/woff2"},
    Font{"hack-regular.woff2", "hack-regular.woff2", "font/woff2"},
};

std::string type_of(const fs::path& file) {
  const std::string ending = file.extension();
  if (ending == ".css") return "text/css; charset=utf-8";
  if (ending == ".js") return "text/javascript; charset=utf-8";
  if (ending == ".svg") return "image/svg+xml";
  return {};
}

/// The files of a folder whose type is known.
void add_folder(Book& book, std::string_view address, const fs::path& folder) {
  for (const auto& file : fs::directory_iterator(folder)) {
    const std::string type = type_of(file.path());
    if (type.empty()) continue;
    const std::string name = file.path().filename();
    book.add_file(fmt::format("{}{}", address, name), type, file.path());
  }
}

}  // namespace

void add_assets(Book& book) {
  for (const auto& [name, file, type] : fonts) {
    book.add_file(fmt::format("/fonts/{}", name), std::string(type),
                  fs::path("/usr/share/fonts") / file);
  }
  for (const auto& [name, file, type] : hack) {
    book.add_file(fmt::format("/fonts/{}", name), std::string(type),
                  fs::path("/usr/share/fonts-hack/woff2") / file);
  }
  add_folder(book, "/pages/", pages_folder);
  add_folder(book, "/diagrams/", diagrams_folder);
}

}  // namespace book
