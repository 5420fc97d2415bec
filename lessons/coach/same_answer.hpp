#pragma once
// When two answers say the same, however they are typed.

#include <string_view>

namespace coach {

/// Whether an answer says what is right. Numbers are compared as numbers; letters of either case,
/// quotes, commas and blanks between values do not matter, nor does the unit that `question` asks
/// for ("6 s" or "6000 ms" to "How many seconds …?"). The order of the values and their number do.
bool same_answer(std::string_view given, std::string_view right, std::string_view question = "");

}  // namespace coach
