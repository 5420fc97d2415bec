#pragma once
// The book: the course as pages, at addresses of their own. To hang something in:
//
//   1. A chapter is a function `void add_map(Book& book)` in a file of its own, declared and called
//      in chapters.hpp and chapters.cpp.
//   2. It adds pages. `make` is called for each request, so that a page shows what is true now, and
//      once when the book is exported:
//
//        book.add_page("/map.html", [&book] {
//          Page page;
//          page.title = "The map";
//          page.main = "<h1>The map</h1>…";    // HTML; escaped() is in html.hpp
//          page.scripts = {"map.js"};          // a module in pages/
//          page.styles = {"map.css"};
//          return page;
//        });
//
//   3. What a script reads is added by add_data("/map.json", "application/json", make), a file of a
//      Debian package by add_file("/libs/chart.js", "/usr/share/javascript/…"), and what only a
//      running book can answer is a route: book.router().post("/api/…", handler).
//   4. `Menu` in book.cpp is the row of links at the top of each page.
//
// Addresses in HTML begin with a slash, href="/map.html": they are made relative when a page is
// written, so that a copy works in any folder. A script has `document.documentElement.dataset.root`
// for that, and `dataset.live`, which is "no" in a copy: there is nobody to ask. Neither scripts
// nor styles may stand in a page itself, nor may `style=` attributes: the browser is told to refuse
// them. Routes need no check of who asks; guard.hpp has made it.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <http/server/router.hpp>

#include <commands.hpp>
#include "html.hpp"

namespace book {

/// What is written into the template pages/page.html.
struct Page {
  std::string title;                         // plain text
  std::string main;                          // HTML
  std::string aside;                         // HTML beside it, e.g. a table of contents
  std::string kind;                          // a class of the body: "lesson", "wide"
  std::vector<std::string> scripts, styles;  // files in pages/
};

class Book {
 public:
  using MakePage = std::function<Page()>;
  using MakeText = std::function<std::string()>;

  /// Something at an address.
  struct Entry {
    std::string path, type;
    MakeText make;
    bool exported = true;
  };

  /// `desk` outlives it.
  explicit Book(const coach::Desk& desk) : desk_(desk) {}
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  void add_page(std::string path, MakePage make);
  /// Text of any type. One that is not exported is for the running book alone.
  void add_data(std::string path, std::string type, MakeText make, bool exported = true);
  /// A file that is there already, e.g. of a package. One that is missing is not served.
  void add_file(std::string path, std::string type, fs::path file);

  const coach::Desk& desk() const { return desk_; }
  const std::vector<Entry>& entries() const { return entries_; }
  /// For what is neither a page nor data. Not exported.
  http::Router& router() { return router_; }
  /// A copy on a disk is being made: nobody has passed anything, and nobody can be asked.
  bool exporting() const { return exporting_; }
  void start_export() { exporting_ = true; }

  /// The page as a whole. `path` is its own.
  std::string html_of(const Page& page, std::string_view path) const;

 private:
  coach::Desk desk_;
  std::vector<Entry> entries_;
  http::Router router_;
  bool exporting_ = false;
};

/// Where its templates, styles and scripts are.
inline const fs::path pages_folder = "lessons/book/pages";
inline const fs::path diagrams_folder = "lessons/book/diagrams";

}  // namespace book
