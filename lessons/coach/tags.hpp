#pragma once
// The tags in the sources of the runtime and of the solutions: `//: 4.2 what the function does`.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace coach {

struct Tag {
  std::string id, text;
  std::size_t line = 0;   // counted from 1
  std::size_t begin = 0;  // where the tag's line begins
  std::size_t after = 0;  // where the next line begins
};

/// The tags of functions, in order. Markers of fixes (`//: fix-4b now`) are not among them.
std::vector<Tag> find_tags(std::string_view source);

/// The function below a tag: its body from `{` to the matching `}`, as offsets.
struct Body {
  std::size_t open = 0, close = 0;
  bool must_not_throw = false;  // a destructor, or noexcept
};

/// Throws Mistake "line N: …" when no function follows the tag.
Body body_after(std::string_view source, const Tag& tag);

/// What stands between a tag and the body, without comments, in single blanks: the function's head.
std::string head_of(std::string_view source, const Tag& tag, const Body& body);

/// The functions below the tags of an ID, one after the other. Throws as body_after() does.
std::string functions_of(std::string_view source, std::string_view id);

/// The source without tags, markers of fixes and the mistakes that these mend.
std::string untagged(std::string_view source);

/// The source with blanks in place of comments, literals and directives; places stay the same.
std::string only_code(std::string_view source);

/// The source without comments, and without the blanks and empty lines that these leave behind.
std::string without_comments(std::string_view source);

/// The starter of a source: bodies of tagged functions become AIO_TODO, except those of `done`;
/// fixes become the mistakes that they mend. Throws Mistake "line N: …".
std::string cut(std::string_view source, const std::function<bool(const std::string& id)>& done);

}  // namespace coach
