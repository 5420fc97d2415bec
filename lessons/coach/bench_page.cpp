#include "bench_page.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "recording.hpp"

namespace coach {

using nlohmann::json;

namespace {

json to_json(const Measurement& one) {
  json row{{"n", one.size}, {"version", one.version}};
  if (!one.note.empty()) {
    row["note"] = one.note;
    return row;
  }
  row["ms"] = one.milliseconds;
  if (one.compared) row["kB"] = one.kilobytes;
  if (one.cpu_milliseconds > 0) row["cpu"] = one.cpu_milliseconds;
  if (one.cpu_each > 0) row["each"] = one.cpu_each;
  if (one.beat > 0) row["beat"] = one.beat;
  return row;
}

}  // namespace

std::string to_json(const std::vector<BenchRun>& runs) {
  json all = json::array();
  for (const BenchRun& run : runs) {
    json rows = json::array();
    for (const Measurement& one : run.measurements) rows.push_back(to_json(one));
    all.push_back({{"title", run.title}, {"machine", run.machine}, {"rows", rows}});
  }
  return all.dump(1);
}

fs::path kept_run(const std::string& subject) { return ".learn/bench/" + subject + ".json"; }
fs::path reference_run(const std::string& subject) {
  return "lessons/book/benchmarks/" + subject + ".json";
}

std::string all_runs(const std::string& subject) {
  json all = json::array();
  for (const fs::path& file : {kept_run(subject), reference_run(subject)}) {
    const json runs = json::parse(read_if_there(file).value_or("[]"), nullptr, false);
    if (!runs.is_array()) continue;
    for (const json& run : runs) all.push_back(run);
  }
  return all.dump();
}

std::string page_of_bench(const std::string& title, const std::string& subject) {
  return page_alone(
      {title,
       fmt::format("<h1>{0}</h1><div class=\"bench\" data-bench=\"{0}\"></div>", title),
       all_runs(subject),
       {"book.css", "loop.css", "bench.css"},
       {"bench.js"}});
}

}  // namespace coach
