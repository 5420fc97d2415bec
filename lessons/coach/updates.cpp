#include "updates.hpp"

#include "files.hpp"
#include "mistake.hpp"
#include "starters.hpp"

namespace coach {

namespace {

/// ".learn/base/04-event-loop/aio/event_loop.hpp"
fs::path base_of(const fs::path& file) {
  return fs::path(".learn/base") / file.lexically_relative("exercises");
}

/// Stands beside a base that is a guess: the file had been edited when its base was noted.
fs::path guess_of(const fs::path& file) {
  fs::path mark = base_of(file);
  return mark += ".guess";
}

void mark_guess(const fs::path& file) {
  try {
    write_file(guess_of(file), "");
  } catch (const Mistake&) {  // as in set_base()
  }
}

/// Whether the file was brought up to date.
bool keep_base(const Starter& starter) {
  const auto text = read_if_there(starter.path);
  const auto base = read_if_there(base_of(starter.path));
  if (!text || base == starter.text) return false;
  const bool is_starter = *text == starter.text;
  const bool edited = !is_starter && text != base;
  if (edited && base) return false;  // an update, which waits for the learner
  if (!is_starter && !edited) write_file(starter.path, starter.text);
  set_base(starter.path, starter.text);
  if (edited) mark_guess(starter.path);
  return !is_starter && !edited;
}

}  // namespace

fs::path base_path(const fs::path& file) { return base_of(file); }

std::optional<std::string> base_text(const fs::path& file) { return read_if_there(base_of(file)); }

void set_base(const fs::path& file, const std::string& starter) {
  try {
    write_file(base_of(file), starter);
    fs::remove(guess_of(file));
  } catch (const Mistake&) {
    // Nothing can be merged then; everything else works.
  }
}

std::vector<fs::path> keep_bases(const Course& course) {
  std::vector<fs::path> updated;
  for (const Lesson& lesson : course.lessons()) {
    try {
      for (const Starter& starter : starters_of(lesson)) {
        if (keep_base(starter)) updated.push_back(starter.path);
      }
    } catch (const Mistake&) {
      // An author is at work here, or a file cannot be read: the commands about it will say so.
    }
  }
  return updated;
}

std::vector<Update> updates_of(const Lesson& lesson) {
  std::vector<Update> updates;
  try {
    for (const Starter& starter : starters_of(lesson)) {
      const auto base = read_if_there(base_of(starter.path));
      const auto text = read_if_there(starter.path);
      if (!base || !text || *base == starter.text || *text == starter.text) continue;
      updates.push_back({starter.path, base_of(starter.path), starter.text});
    }
  } catch (const Mistake&) {  // as above
  }
  return updates;
}

std::vector<fs::path> guessed_bases(const Lesson& lesson) {
  std::vector<fs::path> guessed;
  for (const Starter& starter : starters_of(lesson)) {
    if (fs::exists(guess_of(starter.path)) && read_if_there(starter.path) != starter.text) {
      guessed.push_back(starter.path);
    }
  }
  return guessed;
}

}  // namespace coach
