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

/// Is this code of the program itself, and of no library? Slow the first time for each.
bool is_of_the_program(const void* code);

/// Of addresses behind calls, asked of addr2line all at once; without it, or without debug
/// information, none is known. Left out are the line on which a function of several lines is
/// declared, by which a coroutine comes whenever it goes on, and what makes or destroys a
/// coroutine's frame.
std::map<const void*, CodeLine> lines_of(const std::vector<const void*>& codes);

/// The text of a file of the course.
std::string text_of(const std::string& file);

}  // namespace tests
