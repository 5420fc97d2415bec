#pragma once
// Which lines of a program's sources its addresses of code belong to.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

struct CodeLine {
  std::string file;  // from the root of the course on; empty: none of its lessons
  int line = 0;
  std::string function{};
};

/// Of addresses behind calls, asked of addr2line all at once; without it, or without debug
/// information, none is known. The line on which a function of several lines is declared is left
/// out: a program comes by there whenever a coroutine goes on.
std::map<const void*, CodeLine> lines_of(const std::vector<const void*>& codes);

/// The text of a file of the course.
std::string text_of(const std::string& file);

}  // namespace tests
