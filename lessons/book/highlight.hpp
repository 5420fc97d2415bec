#pragma once
// Code with its words in colours: C++, Python, and consoles. Others stay as they are.

#include <string>
#include <string_view>

namespace book {

/// HTML of a piece of code: keywords, types, strings, numbers, comments in <span class="k…">.
std::string highlighted(std::string_view code, std::string_view language);

}  // namespace book
