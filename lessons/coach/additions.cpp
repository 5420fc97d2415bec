#include "additions.hpp"

#include <algorithm>
#include <set>

#include "files.hpp"
#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

constexpr std::string_view include = "#include <";

/// "aio/event_loop.hpp" for each `#include <aio/event_loop.hpp>`.
std::vector<std::string> included_by(const std::string& name) {
  std::vector<std::string> names;
  const std::string source = read_if_there(fs::path("runtime") / name).value_or("");
  for (const std::string& line : split_lines(source)) {
    if (!line.starts_with(include)) continue;
    const auto included = line.substr(include.size(), line.find('>') - include.size());
    if (included.ends_with(".hpp")) names.push_back(included);
  }
  return names;
}

void follow(const std::string& name, std::set<std::string>& all) {
  if (!all.insert(name).second) return;
  for (const std::string& next : included_by(name)) follow(next, all);
}

std::size_t code_lines(const std::string& name) {
  const std::string source = read_if_there(fs::path("runtime") / name).value_or("");
  const auto lines = split_lines(without_comments(source));
  return static_cast<std::size_t>(
      std::ranges::count_if(lines, [](const std::string& line) { return !trim(line).empty(); }));
}

std::vector<Item> steps_in(const Lesson& lesson, const std::string& name) {
  std::vector<Item> steps;
  const auto tags = find_tags(read_if_there(fs::path("runtime") / name).value_or(""));
  for (const Item& step : lesson.steps()) {
    if (std::ranges::find(tags, step.id, &Tag::id) != tags.end()) steps.push_back(step);
  }
  return steps;
}

}  // namespace

Additions additions_of(const Course& course, const Lesson& lesson) {
  std::set<std::string> before, now, layers_before;
  for (const Lesson& each : course.lessons()) {
    if (each.number > lesson.number) break;
    for (const std::string header : each.headers()) {
      follow(header, now);
      if (each.number == lesson.number) continue;
      follow(header, before);
      layers_before.insert(header);
    }
  }
  Additions all;
  std::set<std::string> below;
  all.headers = now.size();
  for (const std::string& name : now) {
    const std::size_t lines = code_lines(name);
    all.lines += lines;
    if (before.contains(name)) continue;
    const auto steps = steps_in(lesson, name);
    all.added.push_back({fs::path("runtime") / name, lines, !steps.empty(), steps});
    for (const std::string& next : included_by(name)) {
      if (layers_before.contains(next)) below.insert(short_name(next));
    }
  }
  std::ranges::stable_partition(all.added, &Addition::exercised);
  all.stands_on.assign(below.begin(), below.end());
  return all;
}

}  // namespace coach
