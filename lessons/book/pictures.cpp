#include "pictures.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <mistake.hpp>
#include <nlohmann/json.hpp>
#include <recording.hpp>

#include "chapters.hpp"

namespace book {

namespace {

using coach::Demo;
using coach::Lesson;

const fs::path recordings_folder = "lessons/book/recordings";

std::string name_of(const Lesson& lesson, const Demo& demo) {
  return fmt::format("{}-{}", lesson.number, demo.program);
}

const Demo* find_demo(const Lesson& lesson, std::string_view program) {
  const auto found = std::ranges::find(lesson.demos, program, &Demo::program);
  return found == lesson.demos.end() ? nullptr : &*found;
}

/// The one that comes with the book, or null.
bool is_kept(const std::string& name) { return fs::exists(recordings_folder / (name + ".json")); }

/// " data-spoils" where the picture shows what is to be predicted.
std::string spoils(const Book& book, const Lesson& lesson, const Demo& demo) {
  const coach::Item* const item = lesson.prediction_of(demo.program);
  if (item == nullptr || (!book.exporting() && book.desk().progress.of(item->id).passed)) return "";
  return fmt::format(" data-spoils=\"{}\"", escaped(item->id));
}

/// Where a script draws the picture of one program, or of two side by side.
std::string place_of(const Book& book, const Lesson& lesson, const Demo& demo, const Demo* other) {
  std::string data = fmt::format("data-recording=\"/recordings/{0}.json\" data-name=\"{1}\"",
                                 name_of(lesson, demo), escaped(demo.program));
  if (other != nullptr) {
    data += fmt::format(" data-compare=\"/recordings/{}.json\" data-names=\"{}|{}\"",
                        name_of(lesson, *other), escaped(demo.program), escaped(other->program));
  }
  return fmt::format("<div class=\"loop\" {}{}></div>", data, spoils(book, lesson, demo));
}

std::string figure(const Book& book, const Lesson& lesson, const Demo& demo, const Demo* other) {
  const std::string shows =
      other == nullptr ? demo.shows : fmt::format("{}; beside it: {}", demo.shows, other->shows);
  return fmt::format(
      "<figure class=\"loop-figure\">{}<figcaption>{} <a href=\"/pictures/{}.html\">On a page of "
      "its own</a></figcaption></figure>",
      place_of(book, lesson, demo, other), escaped(shows), name_of(lesson, demo));
}

std::string wanted(const Book& book, const Lesson& lesson, const std::string& words) {
  const std::size_t comma = words.find(", ");
  const Demo* const demo = find_demo(lesson, words.substr(0, comma));
  const Demo* const other =
      comma == words.npos ? nullptr : find_demo(lesson, words.substr(comma + 2));
  if (demo == nullptr) return "";
  return figure(book, lesson, *demo, other);
}

/// To the page as a file.
std::string to_take_along(const std::string& name) {
  if (!is_kept(name)) return "";
  return fmt::format(
      " <a href=\"/pictures/{0}.file\" download=\"{0}.html\">Take it along</a>, as one file.",
      name);
}

Page picture_page(const Book& book, const Lesson& lesson, const Demo& demo) {
  Page page;
  page.title = fmt::format("{}, lesson {}", demo.program, lesson.number);
  page.kind = "wide picture";
  const std::string place = place_of(book, lesson, demo, nullptr);
  const std::string command = fmt::format("./learn demo {} {}", lesson.number, demo.program);
  page.main = fmt::format(
      "<h1>{}</h1><p>{} In <a href=\"/lessons/{}.html\">lesson {}: {}</a>; <code>{}</code> runs "
      "it, "
      "and with <code>--record</code> you get this page as a file.{}</p>{}",
      escaped(demo.program), escaped(demo.shows), lesson.slug, lesson.number, escaped(lesson.title),
      command, to_take_along(name_of(lesson, demo)), place);
  page.scripts = {"loop.js"};
  page.styles = {"loop.css"};
  return page;
}

Page list_of_pictures(const Book& book) {
  Page page;
  page.title = "Pictures of the loop";
  page.main =
      "<h1>Pictures of the loop</h1><p>Each is a run of a program, recorded, to step through "
      "forwards and backwards: who runs, who waits for what, who wakes whom.</p>";
  for (const Lesson& lesson : book.desk().course.lessons()) {
    std::string links;
    std::set<std::string> told;
    for (const Demo& demo : lesson.demos) {
      const bool shown = is_kept(name_of(lesson, demo)) || !book.exporting();
      if (!shown || !told.insert(demo.program).second) continue;
      links += fmt::format("<li><a href=\"/pictures/{}.html\">{}</a>: {}</li>",
                           name_of(lesson, demo), escaped(demo.program), escaped(demo.shows));
    }
    if (links.empty()) continue;
    page.main +=
        fmt::format("<h2>{} {}</h2><ul>{}</ul>", lesson.number, escaped(lesson.title), links);
  }
  return page;
}

/// Runs the program now. What goes wrong is the answer's text.
aio::Coro<http::Response> recorded_now(coach::Terminal terminal, coach::Recorded wanted) {
  try {
    const fs::path file = co_await coach::record(terminal, wanted, false);
    co_return http::Response(200, coach::read_file(file), "application/json");
  } catch (const coach::Mistake& mistake) {
    co_return http::Response(422, mistake.what(), "text/plain; charset=utf-8");
  }
}

void add_route(Book& book, const std::string& path, const coach::Recorded& wanted) {
  book.router().get(path, [&book, wanted](http::ServerRequest&) -> aio::Coro<http::Response> {
    return recorded_now(book.desk().terminal, wanted);
  });
}

void add_recordings(Book& book, const Lesson& lesson, const Demo& demo) {
  const std::string name = name_of(lesson, demo);
  const std::string path = fmt::format("/recordings/{}.json", name);
  if (is_kept(name)) {
    const fs::path file = recordings_folder / (name + ".json");
    book.add_file(path, "application/json", file);
    book.add_data(fmt::format("/pictures/{}.file", name), "application/octet-stream",
                  [name, file] { return coach::page_of_recording(name, coach::read_file(file)); });
  } else {
    add_route(book, path, coach::recorded_demo(lesson.number, demo.program, false));
  }
  add_route(book, fmt::format("/recordings/{}.mine.json", name),
            coach::recorded_demo(lesson.number, demo.program, true));
}

}  // namespace

std::string with_pictures(const Book& book, const Lesson& lesson, std::string html) {
  static constexpr std::string_view begin = "<!-- picture: ", end = " -->";
  for (std::size_t at = 0; (at = html.find(begin, at)) != html.npos;) {
    const std::size_t words = at + begin.size(), last = html.find(end, words);
    if (last == html.npos) break;
    const std::string picture = wanted(book, lesson, html.substr(words, last - words));
    html.replace(at, last + end.size() - at, picture);
    at += picture.size();
  }
  return html;
}

void add_pictures(Book& book) {
  book.add_page("/pictures.html", [&book] { return list_of_pictures(book); });
  std::set<std::string> told;
  for (const Lesson& lesson : book.desk().course.lessons()) {
    for (const Demo& demo : lesson.demos) {
      const std::string name = name_of(lesson, demo);
      if (!told.insert(name).second) continue;
      const std::string path = fmt::format("/pictures/{}.html", name);
      book.add_data(
          path, "text/html; charset=utf-8",
          [&book, &lesson, &demo, path] {
            return book.html_of(picture_page(book, lesson, demo), path);
          },
          is_kept(name));
      add_recordings(book, lesson, demo);
    }
  }
}

}  // namespace book
