#include "book.hpp"

#include <array>

#include <fmt/format.h>

namespace book {

namespace {

/// The row of links at the top of each page.
struct Link {
  std::string_view path, text;
};
constexpr std::array Menu{
    Link{"/index.html", "Contents"},
    Link{"/glossary.html", "Glossary"},
    Link{"/map.html", "Map"},
    Link{"/pictures.html", "Pictures"},
    Link{"/benchmarks.html", "Benchmarks"},
};

std::string menu(std::string_view here) {
  std::string html;
  for (const auto& [path, text] : Menu) {
    const std::string_view current = path == here ? " aria-current=\"page\"" : "";
    html += fmt::format("<li><a href=\"{}\"{}>{}</a></li>", path, current, text);
  }
  return html;
}

std::string tags_of(const Page& page) {
  std::string html;
  for (const std::string& style : page.styles) {
    html += fmt::format("<link rel=\"stylesheet\" href=\"/pages/{}\">\n", style);
  }
  for (const std::string& script : page.scripts) {
    html += fmt::format("<script type=\"module\" src=\"/pages/{}\"></script>\n", script);
  }
  return html;
}

}  // namespace

void Book::add_page(std::string path, MakePage make) {
  add_data(path, "text/html; charset=utf-8",
           [this, path, make = std::move(make)] { return html_of(make(), path); });
}

void Book::add_data(std::string path, std::string type, MakeText make, bool exported) {
  entries_.push_back({std::move(path), std::move(type), std::move(make), exported});
}

void Book::add_file(std::string path, std::string type, fs::path file) {
  if (!fs::exists(file)) return;
  add_data(std::move(path), std::move(type), [file] { return coach::read_file(file); });
}

std::string Book::html_of(const Page& page, std::string_view path) const {
  const std::string aside =
      page.aside.empty() ? "" : fmt::format("<aside class=\"aside\">{}</aside>", page.aside);
  const std::string html = filled(pages_folder / "page.html", {{"title", escaped(page.title)},
                                                               {"kind", escaped(page.kind)},
                                                               {"root", way_up(path)},
                                                               {"live", exporting_ ? "no" : "yes"},
                                                               {"tags", tags_of(page)},
                                                               {"menu", menu(path)},
                                                               {"main", page.main},
                                                               {"aside", aside}});
  return made_relative(html, path);
}

}  // namespace book
