// The comparisons of the lessons as charts: the learner's last run beside the reference run.

#include <algorithm>

#include <fmt/format.h>
#include <bench_page.hpp>

#include "chapters.hpp"

namespace book {

namespace {

using coach::Lesson;

bool has_bench(const Lesson& lesson) {
  std::string name = lesson.slug;
  std::ranges::replace(name, '-', '_');
  return fs::exists(fmt::format("bench/{}_bench.cpp", name));
}

std::string bench_part(const Book& book, const Lesson& lesson) {
  std::string versions;
  for (const coach::Version& version : lesson.versions) {
    versions +=
        fmt::format("<li><b>{}</b>: {}</li>", escaped(version.name), escaped(version.means));
  }
  const std::string command = fmt::format("<code>./learn bench {}</code>", lesson.number);
  const bool any = fs::exists(coach::reference_run(lesson.number)) ||
                   (!book.exporting() && fs::exists(coach::kept_run(lesson.number)));
  const std::string charts =
      any ? fmt::format("<div class=\"bench\" data-bench=\"/bench/{}.json\"></div>", lesson.number)
          : fmt::format("<p>Not measured yet: {}.</p>", command);
  return fmt::format("<h2 id=\"bench-{0}\"><a href=\"/lessons/{1}.html\">{0} {2}</a></h2>{3}{4}",
                     lesson.number, lesson.slug, escaped(lesson.title),
                     versions.empty() ? "" : fmt::format("<ul>{}</ul>", versions), charts);
}

Page benches(const Book& book) {
  Page page;
  page.title = "Benchmarks";
  page.kind = "wide";
  page.main =
      "<h1>Benchmarks</h1><p>Each lesson compares waiting one after the other, with threads, and "
      "with the loop. <code>./learn bench NN</code> measures on your machine, and the charts here "
      "show your last run beside the reference run. Both axes are logarithmic; a ring marks where "
      "one version overtakes another.</p>";
  for (const Lesson& lesson : book.desk().course.lessons()) {
    if (has_bench(lesson)) page.main += bench_part(book, lesson);
  }
  page.scripts = {"bench.js"};
  page.styles = {"bench.css"};
  return page;
}

}  // namespace

void add_benches(Book& book) {
  book.add_page("/benchmarks.html", [&book] { return benches(book); });
  for (const Lesson& lesson : book.desk().course.lessons()) {
    if (!has_bench(lesson)) continue;
    const bool exported = fs::exists(coach::reference_run(lesson.number));
    book.add_data(
        fmt::format("/bench/{}.json", lesson.number), "application/json",
        [&book, number = lesson.number] {
          return book.exporting() ? coach::read_file(coach::reference_run(number))
                                  : coach::all_runs(number);
        },
        exported);
  }
}

}  // namespace book
