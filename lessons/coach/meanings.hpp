#pragma once
// What the compiler's messages mean for somebody who learns: a table of typical mistakes.

#include <string>
#include <string_view>

namespace coach {

/// A sentence on what a message of g++ means, what comes after "error: "; empty if none fits.
std::string_view meaning_of(std::string_view message);

/// Whether `text` is like `pattern`, in which each * stands for any text.
bool is_like(std::string_view text, std::string_view pattern);

/// The text with plain quotes: g++ writes ‘this’ or 'this', as the locale wants it.
std::string with_plain_quotes(std::string_view text);

}  // namespace coach
