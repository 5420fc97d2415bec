#include "code_block.hpp"

#include <optional>

#include <fmt/format.h>

#include <text.hpp>
#include "diagram.hpp"
#include "highlight.hpp"
#include "html.hpp"

namespace book {

namespace {

/// What stands behind a fence.
struct Fence {
  std::string language, file, region;
};

Fence read_fence(std::string_view info) {
  Fence fence;
  while (!info.empty()) {
    const std::string_view word = info.substr(0, info.find(' '));
    info.remove_prefix(std::min(word.size() + 1, info.size()));
    if (word.starts_with("file=")) {
      fence.file = word.substr(5);
    } else if (word.starts_with("region=")) {
      fence.region = word.substr(7);
    } else if (fence.language.empty()) {
      fence.language = word;
    }
  }
  return fence;
}

/// The lines between `[name]` and `[/name]`, without what they are all indented by.
std::optional<std::string> region_of(const fs::path& file, const std::string& name) {
  const auto text = coach::read_if_there(file);
  if (!text || name.empty()) return std::nullopt;
  bool inside = false;
  std::vector<std::string> lines;
  for (const std::string& line : coach::split_lines(*text)) {
    if (line.ends_with("[/" + name + "]")) break;
    if (inside) lines.push_back(line);
    inside = inside || line.ends_with(" [" + name + "]");
  }
  if (lines.empty()) return std::nullopt;
  std::size_t indent = std::string::npos;
  for (const std::string& line : lines) {
    if (!line.empty()) indent = std::min(indent, line.find_first_not_of(' '));
  }
  std::string code;
  for (const std::string& line : lines) code += line.substr(std::min(indent, line.size())) + "\n";
  return code;
}

/// The same in the other language, if the folder has it.
std::optional<Fence> twin_of(const Fence& fence) {
  const bool python = fence.language == "python";
  if (fence.file.empty() || (!python && fence.language != "cpp")) return std::nullopt;
  fs::path file = fence.file;
  file.replace_extension(python ? ".cpp" : ".py");
  return Fence{python ? "cpp" : "python", file.string(), fence.region};
}

std::string name_of(std::string_view language) {
  if (language == "cpp") return "C++";
  if (language == "python") return "Python";
  if (language == "console") return "Terminal";
  return "";
}

/// A button that runs the program whose output a console shows: "$ ./learn demo 07 chat". Only the
/// running book shows it.
std::string run_button(std::string_view code) {
  static constexpr std::string_view start = "$ ./learn demo ";
  if (!code.starts_with(start)) return {};
  const std::string_view line = code.substr(start.size(), code.find('\n') - start.size());
  const std::size_t blank = line.find(' ');
  if (blank == line.npos || line.substr(blank + 1).contains(' ')) return {};
  return fmt::format(
      "<button type=\"button\" class=\"run\" data-lesson=\"{}\" data-program=\"{}\" hidden>Run"
      "</button>",
      escaped(line.substr(0, blank)), escaped(line.substr(blank + 1)));
}

std::string figure(const Fence& fence, std::string_view code) {
  const std::string name = fence.file.empty() ? name_of(fence.language) : fence.file;
  const bool copies = fence.language == "cpp" || fence.language == "python" ||
                      fence.language == "console" || fence.language == "sh";
  std::string button = copies ? "<button type=\"button\" class=\"copy\" hidden>Copy</button>" : "";
  if (fence.language == "console") button = run_button(code) + button;
  const std::string caption =
      name.empty() && !copies
          ? ""
          : fmt::format("<figcaption><span>{}</span><span class=\"buttons\">{}</span></figcaption>",
                        escaped(name), button);
  const std::string label = name.empty() ? "Text" : name;
  return fmt::format(
      "<figure class=\"code code-{0}\">{1}<pre tabindex=\"0\" role=\"group\" aria-label=\"{3}\">"
      "<code>{2}</code></pre></figure>\n",
      escaped(fence.language.empty() ? "text" : fence.language), caption,
      highlighted(code, fence.language), escaped(label));
}

/// Both, one below the other: a script makes tabs of them.
std::string twins(const Fence& fence, std::string_view code, const Fence& twin,
                  std::string_view its_code) {
  const bool python = fence.language == "python";
  const std::string here = figure(fence, code), there = figure(twin, its_code);
  return fmt::format(
      "<div class=\"twins\" data-first=\"{0}\"><div data-language=\"C++\">{1}</div>"
      "<div data-language=\"Python\">{2}</div></div>\n",
      name_of(fence.language), python ? there : here, python ? here : there);
}

}  // namespace

std::string code_block(std::string_view info, std::string_view code) {
  const Fence fence = read_fence(info);
  if (fence.language == "mermaid") return diagram(code);
  if (const auto twin = twin_of(fence)) {
    if (const auto its_code = region_of(twin->file, twin->region)) {
      return twins(fence, code, *twin, *its_code);
    }
  }
  return figure(fence, code);
}

}  // namespace book
