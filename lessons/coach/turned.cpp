#include "turned.hpp"

#include <algorithm>
#include <map>
#include <regex>

#include <fmt/format.h>

#include "files.hpp"
#include "mistake.hpp"
#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

constexpr std::string_view choice = R"(// Which wrong turn is taken. Made by ./learn check.
#pragma once
#include <cstdlib>
#include <string_view>

namespace wrong_turns {{

/// 0: none. LOOPWRIGHT_TURN names it.
inline const int taken = [] {{
  const char* asked = std::getenv("LOOPWRIGHT_TURN");
  int number = 0;
  for (const std::string_view name : {{{}}}) {{
    ++number;
    if (asked != nullptr && name == asked) return number;
  }}
  return 0;
}}();

}}  // namespace wrong_turns
)";

/// A function below a tag.
struct Function {
  Tag tag;
  Body body;
  std::string head;
};

std::vector<Function> functions_in(std::string_view source) {
  std::vector<Function> functions;
  for (const Tag& tag : find_tags(source)) {
    const Body body = body_after(source, tag);
    functions.push_back({tag, body, head_of(source, tag, body)});
  }
  return functions;
}

std::string text_of(std::string_view source, const Body& body) {
  return std::string(source.substr(body.open, body.close + 1 - body.open));
}

/// The lines behind "// Says: ", which go on after three blanks.
std::string says_in(std::string_view text) {
  std::string sentence;
  for (const std::string& line : split_lines(text)) {
    if (line.starts_with("// Says: ")) {
      sentence = line.substr(9);
    } else if (!sentence.empty()) {
      if (!line.starts_with("//   ")) break;
      sentence += " " + std::string(trim(std::string_view(line).substr(2)));
    }
  }
  return sentence;
}

bool holds(std::string_view layer, const Function& function) {
  return std::ranges::any_of(functions_in(layer), [&](const Function& other) {
    return other.tag.id == function.tag.id && other.head == function.head;
  });
}

/// Where the turns' functions are defined: the headers of the lesson's layers.
std::map<fs::path, std::string> turned_layers(const Lesson& lesson,
                                              const std::vector<Turn>& turns) {
  std::map<fs::path, std::string> layers;
  std::size_t found = 0, wanted = 0;
  for (const Turn& turn : turns) wanted += functions_in(turn.source).size();
  for (const fs::path& header : lesson.headers()) {
    const std::string text = read_file("runtime" / header);
    std::vector<Turn> here;
    for (const Turn& turn : turns) {
      here.push_back(turn);
      here.back().source.clear();
      for (const Function& function : functions_in(turn.source)) {
        if (!holds(text, function)) continue;
        ++found;
        here.back().source +=
            turn.source.substr(function.tag.begin, function.body.close + 2 - function.tag.begin);
      }
    }
    layers[header] = with_turns(text, here);
  }
  if (found != wanted) throw Mistake("a turn replaces a function that no layer of the lesson has");
  return layers;
}

void update(const fs::path& file, const std::string& text) {
  if (read_if_there(file) != text) write_file(file, text);  // what is the same keeps its time
}

}  // namespace

Turn read_turn(const Lesson& lesson, const std::string& name) {
  const fs::path file = fs::path("tests/wrong_turns") / lesson.slug / (name + ".cpp");
  static const std::regex short_tag("(//: [0-9.]+)(?=\n)");  // its text stands in the runtime
  Turn turn{name, "", std::regex_replace(read_file(file) + "\n", short_tag, "$1 turn")};
  turn.says = says_in(turn.source);
  if (turn.says.empty() || functions_in(turn.source).empty()) {
    throw Mistake(
        fmt::format("{} needs a line \"// Says: …\" and a tagged function", file.string()));
  }
  return turn;
}

std::string with_turns(std::string layer, const std::vector<Turn>& turns) {
  std::map<std::size_t, std::string> chains;  // by where a body opens
  const auto functions = functions_in(layer);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    for (const Function& turned : functions_in(turns[i].source)) {
      const auto original = std::ranges::find_if(functions, [&](const Function& one) {
        return one.tag.id == turned.tag.id && one.head == turned.head;
      });
      if (original == functions.end()) {
        throw Mistake(fmt::format("{} replaces \"{}\", which has no tag {} here", turns[i].name,
                                  turned.head, turned.tag.id));
      }
      chains[original->body.open] += fmt::format("if (::wrong_turns::taken == {}) {} else ", i + 1,
                                                 text_of(turns[i].source, turned.body));
    }
  }
  for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
    const auto chain = chains.find(function->body.open);
    if (chain == chains.end()) continue;
    const std::string own = text_of(layer, function->body);
    layer.replace(function->body.open, own.size(), fmt::format("{{ {}{} }}", chain->second, own));
  }
  return "#include <wrong_turns.hpp>\n" + layer;
}

fs::path write_turned(const Lesson& lesson, const Item& item) {
  const fs::path folder = fs::path(".learn/turned") / item.id;
  std::vector<Turn> turns;
  std::string names;
  for (const std::string& name : item.turns) {
    turns.push_back(read_turn(lesson, name));
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
  }
  for (const auto& [header, text] : turned_layers(lesson, turns)) update(folder / header, text);
  update(folder / "wrong_turns.hpp", fmt::format(fmt::runtime(choice), names));
  return folder;
}

}  // namespace coach
