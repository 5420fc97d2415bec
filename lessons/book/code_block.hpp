#pragma once
// A fenced block of a text, as HTML: with its file's name, a button that copies it, and beside its
// twin in the other language where there is one.

#include <string>
#include <string_view>

namespace book {

/// `info` stands behind the fence: "cpp file=lessons/07-tasks/chat.cpp region=awaited".
std::string code_block(std::string_view info, std::string_view code);

}  // namespace book
