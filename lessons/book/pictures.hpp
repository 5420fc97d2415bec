#pragma once
// The loop as a picture: where the texts want one, a page for each program, and the recordings that
// both are drawn from.
//
// A text has `<!-- picture: chat -->` where it speaks of a program of its lesson, or
// `<!-- picture: frozen_chat, chat -->` for two side by side. GitHub shows nothing there.

#include <string>

#include "book.hpp"

namespace book {

/// The pictures that the text of a lesson wants, in place of its comments.
std::string with_pictures(const Book& book, const coach::Lesson& lesson, std::string html);

}  // namespace book
