#include "reshaping.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "files.hpp"
#include "mistake.hpp"
#include "starters.hpp"
#include "tags.hpp"
#include "text.hpp"
#include "updates.hpp"

namespace coach {

namespace {

struct Function {
  Tag tag;
  Body body;
  std::string head;
  bool written = false;
};

/// What can be read of a file that a learner has edited.
std::vector<Function> functions_in(std::string_view source) {
  std::vector<Function> functions;
  for (const Tag& tag : find_tags(source)) {
    try {
      const Body body = body_after(source, tag);
      const std::string_view text = source.substr(body.open, body.close - body.open);
      const bool to_do = text.find("AIO_TODO(") != std::string_view::npos ||
                         text.find("// TODO ") != std::string_view::npos;
      functions.push_back({tag, body, head_of(source, tag, body), !to_do});
    } catch (const Mistake&) {  // no function any more
    }
  }
  return functions;
}

bool same(const Function& a, const Function& b) {
  return a.tag.id == b.tag.id && (a.head == b.head || a.tag.text == b.tag.text);
}

const Function* find(const std::vector<Function>& functions, const Function& wanted) {
  const auto found = std::ranges::find_if(
      functions, [&](const Function& one) { return one.head == wanted.head && same(one, wanted); });
  if (found != functions.end()) return &*found;
  const auto alike =
      std::ranges::find_if(functions, [&](const Function& one) { return same(one, wanted); });
  return alike == functions.end() ? nullptr : &*alike;
}

/// A source with empty bodies: what is left when only functions were written.
std::string outline(std::string source) {
  const auto functions = functions_in(source);
  for (auto one = functions.rbegin(); one != functions.rend(); ++one) {
    source.replace(one->body.open, one->body.close + 1 - one->body.open, "{}");
  }
  return source;
}

/// The learner's headers in a lesson's folder.
std::vector<fs::path> headers_of(const Lesson& lesson) {
  std::vector<fs::path> headers;
  std::error_code none;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path("exercises") / lesson.slug, none)) {
    if (entry.path().extension() == ".hpp") headers.push_back(entry.path());
  }
  std::ranges::sort(headers);
  return headers;
}

std::vector<Starter> header_starters(const Lesson& lesson) {
  std::vector<Starter> starters = starters_of(lesson);
  std::erase_if(starters, [](const Starter& one) { return one.path.extension() != ".hpp"; });
  return starters;
}

const Starter* starter_at(const std::vector<Starter>& starters, const fs::path& file) {
  const auto found = std::ranges::find(starters, file, &Starter::path);
  return found == starters.end() ? nullptr : &*found;
}

/// Most of what was in the file is given now, and stands elsewhere: there it would be defined
/// twice.
bool has_shrunk(const Starter& starter, const fs::path& file) {
  const auto base = base_text(file);
  const std::size_t before = split_lines(base ? *base : read_file(file)).size();
  const std::size_t now = split_lines(starter.text).size();
  return base ? 2 * before > 3 * now : before > 2 * now;  // a file that was edited may have grown
}

/// Whether a file that was edited holds functions that stand elsewhere now.
bool has_old_shape(const std::vector<Starter>& starters, const fs::path& file) {
  const Starter* own = starter_at(starters, file);
  if (own != nullptr && (own->text == read_file(file) || base_text(file) == own->text))
    return false;
  if (own != nullptr && has_shrunk(*own, file)) return true;
  const auto here = own == nullptr ? std::vector<Function>{} : functions_in(own->text);
  return std::ranges::any_of(functions_in(read_file(file)), [&](const Function& function) {
    if (find(here, function) != nullptr) return false;
    return std::ranges::any_of(starters, [&](const Starter& other) {
      return find(functions_in(other.text), function) != nullptr;
    });
  });
}

/// Notes where each function of an old file that is written goes.
void note_moves(Reshaping& reshaping, const std::vector<Starter>& starters, const fs::path& old) {
  for (const Function& function : functions_in(read_file(old))) {
    if (!function.written) continue;
    const auto home = std::ranges::find_if(starters, [&](const Starter& starter) {
      return find(functions_in(starter.text), function) != nullptr;
    });
    const std::string name = fmt::format("{} {}", function.tag.id, function.tag.text);
    if (home == starters.end()) {
      reshaping.lost.push_back(name);
    } else {
      reshaping.moved.push_back(fmt::format("{} → {}", name, home->path.string()));
    }
  }
  const auto base = base_text(old);
  reshaping.more = reshaping.more || !base || outline(*base) != outline(read_file(old));
}

}  // namespace

std::string carried_over(std::string starter, std::string_view old) {
  const auto written = functions_in(old);
  const auto functions = functions_in(starter);
  for (auto one = functions.rbegin(); one != functions.rend(); ++one) {
    const Function* before = find(written, *one);
    if (one->written || before == nullptr || !before->written) continue;
    starter.replace(one->body.open, one->body.close + 1 - one->body.open,
                    old.substr(before->body.open, before->body.close + 1 - before->body.open));
  }
  return starter;
}

std::optional<std::string> merged_by_functions(const std::string& starter, const std::string& base,
                                               const std::string& mine) {
  const auto there = functions_in(starter);
  const auto has_a_place = [&](const Function& one) {
    return !one.written || find(there, one) != nullptr;
  };
  if (outline(base) != outline(mine)) return std::nullopt;
  if (!std::ranges::all_of(functions_in(mine), has_a_place)) return std::nullopt;
  return carried_over(starter, mine);
}

std::optional<Reshaping> reshaping_of(const Lesson& lesson) {
  Reshaping reshaping;
  const auto starters = header_starters(lesson);
  for (const fs::path& header : headers_of(lesson)) {
    if (has_old_shape(starters, header)) reshaping.old.push_back(header);
  }
  if (reshaping.old.empty()) return std::nullopt;
  for (const fs::path& old : reshaping.old) note_moves(reshaping, starters, old);
  for (const Starter& starter : starters) {
    const bool old = std::ranges::find(reshaping.old, starter.path) != reshaping.old.end();
    std::string text = old ? starter.text : read_if_there(starter.path).value_or(starter.text);
    for (const fs::path& source : reshaping.old) text = carried_over(text, read_file(source));
    reshaping.files.emplace_back(starter.path, text);
  }
  return reshaping;
}

std::vector<std::string> texts_of(const std::vector<fs::path>& files) {
  std::vector<std::string> texts;
  for (const fs::path& file : files) texts.push_back(file.string());
  return texts;
}

std::optional<std::string> sentence_on_shape(const Lesson& lesson) {
  try {
    const auto reshaping = reshaping_of(lesson);
    if (!reshaping) return std::nullopt;
    return fmt::format(
        "{} is of an older kit: its functions stand in other files now, which it hides. Move what "
        "you wrote:  ./learn merge {} --write",
        in_words(texts_of(reshaping->old)), lesson.number);
  } catch (const Mistake&) {  // an author is at work on the lesson
    return std::nullopt;
  }
}

void reshape(const Lesson& lesson, const Reshaping& reshaping) {
  for (const fs::path& old : reshaping.old) keep_as_backup(old);
  const auto starters = header_starters(lesson);
  for (const fs::path& old : reshaping.old) {
    if (starter_at(starters, old) == nullptr) fs::remove(old);
  }
  for (const auto& [file, text] : reshaping.files) {
    if (read_if_there(file) != text) write_file(file, text);
    set_base(file, starter_at(starters, file)->text);
  }
}

std::vector<fs::path> remove_unedited_headers(const Course& course) {
  std::vector<fs::path> removed;
  for (const Lesson& lesson : course.lessons()) {
    try {
      const auto starters = header_starters(lesson);
      for (const fs::path& header : headers_of(lesson)) {
        if (starter_at(starters, header) != nullptr) continue;
        if (base_text(header) != read_file(header)) continue;
        fs::remove(header);
        removed.push_back(header);
      }
    } catch (const Mistake&) {  // an author is at work here
    }
  }
  return removed;
}

}  // namespace coach
