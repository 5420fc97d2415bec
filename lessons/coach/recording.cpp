#include "recording.hpp"

#include <chrono>

#include <fmt/format.h>

#include "build.hpp"
#include "mistake.hpp"
#include "run_command.hpp"
#include "text.hpp"

namespace coach {

namespace {

const fs::path pages = "lessons/book/pages";

/// A module's text for a page that has all modules in one.
std::string without_modules(const std::string& script) {
  std::string text;
  for (const std::string& line : split_lines(script)) {
    if (line.starts_with("import ")) continue;
    text += line.starts_with("export ") ? line.substr(7) : line;
    text += '\n';
  }
  return text;
}

/// JSON may stand in a script if nothing in it ends that.
std::string embedded(std::string json) {
  for (std::size_t at = 0; (at = json.find("</", at)) != json.npos; at += 3)
    json.insert(at + 1, "\\");
  return json;
}

}  // namespace

Recorded recorded_demo(const std::string& lesson, const std::string& program, bool mine) {
  const std::string name = fmt::format("{}-{}{}", lesson, program, mine ? ".mine" : "");
  return {name + ".timeline", {}, name};
}

aio::Coro<fs::path> record(const Terminal& terminal, Recorded wanted, bool shows) {
  BuildTree tree(terminal, learners_preset());
  if (const auto error = co_await tree.build(wanted.target, wanted.learners_file)) {
    throw Mistake(error->meaning.empty() ? error->text
                                         : fmt::format("{}\n{}", error->text, error->meaning));
  }
  const fs::path file = wanted.file();
  fs::create_directories(file.parent_path());
  fs::remove(file);
  Command command;
  command.argv = {tree.program(wanted.target).string()};
  command.environment = {{"LOOPWRIGHT_RECORD", file.string()}};
  command.inherit_output = shows;
  command.limit = std::chrono::seconds(30);
  const Outcome outcome = co_await run_command(std::move(command));
  if (!fs::exists(file)) {
    throw Mistake(outcome.timed_out ? "It has not ended within half a minute, so there is nothing "
                                      "to show: record a program that ends by itself."
                                    : "It ended before its recording was written.");
  }
  co_return file;
}

std::string page_alone(const PageAlone& page) {
  std::string styles, scripts;
  for (const std::string& name : page.styles) styles += read_file(pages / name);
  for (const std::string& name : page.scripts) scripts += without_modules(read_file(pages / name));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>\n{1}</style>\n</head>\n<body class=\"loop-alone\">\n{2}\n"
      "<script type=\"application/json\" data-recording=\"{0}\">\n{3}</script>\n"
      "<script type=\"module\">\n{4}</script>\n</body>\n</html>\n",
      page.name, styles, page.place, embedded(page.data), scripts);
}

std::string page_of_recording(const std::string& title, const std::string& recording) {
  return page_alone(
      {title,
       fmt::format("<div class=\"loop\" data-recording=\"{0}\" data-name=\"{0}\"></div>", title),
       recording,
       {"book.css", "loop.css"},
       {"loop_events.js", "loop_state.js", "loop_words.js", "loop_draw.js", "loop.js"}});
}

void write_recording(const Terminal& terminal, const Recorded& recorded, const std::string& file) {
  const std::string recording = read_file(recorded.file());
  const fs::path wanted = file;
  const fs::path page = fs::is_directory(wanted) ? wanted / (recorded.name + ".html") : wanted;
  write_file(page,
             page.extension() == ".json" ? recording : page_of_recording(recorded.name, recording));
  terminal.say(
      fmt::format("Open this in a browser, to step through it: {}", fs::proximate(page).string()));
}

}  // namespace coach
