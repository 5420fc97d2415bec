#include "editor.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace coach {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// How editors want to hear the line.
constexpr std::array with_plus{"vim",   "vi",          "nvim",   "view", "gvim",    "nano", "pico",
                               "emacs", "emacsclient", "micro",  "kak",  "gedit",   "joe",  "jed",
                               "mg",    "ne",          "mcedit", "rvim", "vim.tiny"};
constexpr std::array with_goto{"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"};
constexpr std::array with_colon{"hx", "helix", "subl", "zed", "zeditor"};

/// The program's name: of "/usr/bin/code --wait" that is code.
std::string_view name_of(std::string_view editor) {
  editor.remove_prefix(std::min(editor.size(), editor.find_first_not_of(' ')));
  editor = editor.substr(0, editor.find(' '));
  return editor.substr(editor.rfind('/') + 1);
}

}  // namespace

std::string editor() {
  const std::string visual = variable("VISUAL");
  return visual.empty() ? variable("EDITOR") : visual;
}

std::string opening(std::string_view editor, std::size_t line) {
  const std::string_view name = name_of(editor);
  const auto is_in = [&](const auto& names) {
    return std::ranges::find(names, name) != names.end();
  };
  if (line != 0 && is_in(with_plus)) return fmt::format("{} +{} \"$1\"", editor, line);
  if (line != 0 && is_in(with_goto)) return fmt::format("{} --goto \"$1:{}\"", editor, line);
  if (line != 0 && is_in(with_colon)) return fmt::format("{} \"$1:{}\"", editor, line);
  return fmt::format("{} \"$1\"", editor);
}

}  // namespace coach
