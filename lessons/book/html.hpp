#pragma once
// Text as HTML, and templates.

#include <map>
#include <string>
#include <string_view>

#include <files.hpp>

namespace book {

namespace fs = std::filesystem;

/// The text as it may stand between tags, and in an attribute between double quotes.
std::string escaped(std::string_view text);

/// A name for an address: "predict-7a Dinner in ten lines" is "predict-7a-dinner-in-ten-lines". As
/// GitHub makes it, so that links work there too.
std::string slug_of(std::string_view text);

/// What stands for `{{name}}` in a template. It is HTML already.
using Values = std::map<std::string, std::string, std::less<>>;

/// A file of pages/, filled in. Throws coach::Mistake for a name without a value.
std::string filled(const fs::path& file, const Values& values);

/// What stands behind `="/` in a page is a path of the book. It is made relative to `path`, the
/// page's own, so that a copy of the book works in any folder.
std::string made_relative(std::string html, std::string_view path);

/// "../" for each folder that `path` is in: leads from that page to the book's first folder.
std::string way_up(std::string_view path);

}  // namespace book
