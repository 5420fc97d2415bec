#pragma once
// Markdown, as the texts of the course use it, as HTML.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace book {

/// A heading, and the text below it up to the next one.
struct Heading {
  int level = 1;
  std::string slug, title;  // plain text
  std::string text;         // without code blocks, for the search
};

/// What becomes of the parts that are the book's own. Those that are left out stay as they are.
struct MarkdownHooks {
  /// HTML of a block of code. `info` stands behind the fence: "cpp file=… region=…".
  std::function<std::string(std::string_view info, std::string_view code)> code;
  /// Where a link leads.
  std::function<std::string(std::string_view target)> link;
  /// HTML behind the words of a heading.
  std::function<std::string(const Heading& heading)> after_heading;
};

struct Markdown {
  std::string html;
  std::vector<Heading> headings;
};

/// Tables are understood, and HTML passes: the texts are the course's own.
Markdown rendered(std::string_view text, const MarkdownHooks& hooks = {});

}  // namespace book
