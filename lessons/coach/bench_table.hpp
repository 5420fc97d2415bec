#pragma once
// The comparison of a lesson's benchmark as a table.

#include <string>
#include <string_view>
#include <vector>

namespace coach {

/// One measurement.
struct Measurement {
  std::string version;  // "sync", "thread", "async", or "async (yours)"
  long size = 0;        // N; 0: none
  double milliseconds = 0, cpu_milliseconds = 0, kilobytes = 0;
  double cpu_each = 0;  // milliseconds of CPU time for one request; 0: requests are not counted
  double beat = 0;      // milliseconds that 99 of 100 beats beside the work took at most; 0: none
  int threads = 0;
  bool compared = false;  // it has the counters of a comparison
  std::string note;       // why there is no measurement
};

/// Reads Google Benchmark's JSON. `suffix` is added to the versions' names. Throws Mistake when it
/// makes no sense.
std::vector<Measurement> read_measurements(std::string_view json, std::string_view suffix);

/// What the JSON says of the machine, in a line.
std::string machine_of(std::string_view json);

/// The table's lines, for an output of `width` columns. Bars of the times, or of the
/// CPU time of a request where that is known, are drawn on a logarithmic axis where there is room;
/// of ASCII only, if `plain`.
std::vector<std::string> table_of(const std::vector<Measurement>& measurements, std::size_t width,
                                  bool plain);

}  // namespace coach
