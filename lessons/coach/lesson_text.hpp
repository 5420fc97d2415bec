#pragma once
// The parts of a lesson's texts: sections of Markdown, lists, hints.

#include <string>
#include <string_view>
#include <vector>

#include "course.hpp"
#include "files.hpp"

namespace coach {

/// The part of a Markdown file below the heading `## title…`.
std::string section(const fs::path& file, std::string_view title);

/// A term of the glossary.
struct Term {
  std::string name, text;
};

/// The terms below headings `### name`, in the order of the page; links are their words alone.
std::vector<Term> terms_in(std::string_view page);

/// The items of a numbered list.
std::vector<std::string> numbered(std::string_view list);

/// The three hints for an item: nudge, mechanism, shape.
std::vector<std::string> hints_for(const Lesson& lesson, const Item& item);

}  // namespace coach
