#pragma once
// A benchmark's last run, kept for the book's charts.

#include <string>
#include <vector>

#include "bench_table.hpp"
#include "files.hpp"

namespace coach {

/// One run of a comparison.
struct BenchRun {
  std::string title;    // "Your run"
  std::string machine;  // in a line
  std::vector<Measurement> measurements;
};

/// What the charts are drawn from: an array of runs.
std::string to_json(const std::vector<BenchRun>& runs);

/// Where the last run of a lesson's comparison is kept, and where the reference run is.
fs::path kept_run(const std::string& subject);
fs::path reference_run(const std::string& subject);

/// Both, as one array: those that there are, the learner's own first.
std::string all_runs(const std::string& subject);

/// A page that needs nobody: all runs of a comparison.
std::string page_of_bench(const std::string& title, const std::string& subject);

}  // namespace coach
