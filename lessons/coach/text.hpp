#pragma once
// Small tools for text: lines, trimming, wrapping, likeness.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coach {

/// The lines of `text`, without their line ends.
std::vector<std::string> split_lines(std::string_view text);

/// `text` without blanks at its ends.
std::string_view trim(std::string_view text);

std::string lower(std::string_view text);

/// Breaks `text` at blanks into lines of at most `width` columns; longer words stay whole.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `text` without what steers a terminal: colours and links.
std::string without_escapes(std::string_view text);

/// How many columns of a terminal `text` takes: one for each UTF-8 character.
std::size_t columns(std::string_view text);

/// `text` cut or filled with blanks to exactly `width` columns.
std::string padded(std::string_view text, std::size_t width);

/// How many letters must be changed, added or taken away to make `b` of `a`.
std::size_t distance(std::string_view a, std::string_view b);

/// The candidates that `word` may have been meant to be, best first, at most `count`: less than
/// half of it would have to change.
std::vector<std::string> similar(std::string_view word, std::vector<std::string> candidates,
                                 std::size_t count);

/// "a", "a and b", "a, b and c".
std::string in_words(const std::vector<std::string>& names);

}  // namespace coach
