#include "bench_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mistake.hpp"
#include "text.hpp"

namespace coach {

namespace {

using nlohmann::json;

double to_milliseconds(double value, const std::string& unit) {
  if (unit == "ns") return value / 1e6;
  if (unit == "us") return value / 1e3;
  return unit == "s" ? value * 1e3 : value;
}

/// "BM_async/1000/iterations:1/manual_time" → "async", 1000.
void take_name(const std::string& name, Measurement& measurement) {
  const std::size_t slash = name.find('/');
  measurement.version = name.substr(0, slash);
  if (measurement.version.starts_with("BM_")) measurement.version.erase(0, 3);
  if (slash != std::string::npos) measurement.size = std::atol(name.c_str() + slash + 1);
}

Measurement read_one(const json& entry, std::string_view suffix) {
  Measurement one;
  take_name(entry.at("name"), one);
  one.version += suffix;
  one.milliseconds = to_milliseconds(entry.value("real_time", 0.0), entry.value("time_unit", "ns"));
  one.cpu_milliseconds = entry.value("cpu_ms", 0.0);
  one.kilobytes = entry.value("rss_kb", 0.0);
  one.threads = static_cast<int>(entry.value("threads", 0.0));
  one.compared = entry.contains("cpu_ms");
  if (entry.value("error_occurred", false)) one.note = entry.value("error_message", "failed");
  if (const std::string label = entry.value("label", ""); label.starts_with("skipped"))
    one.note = label;
  return one;
}

std::string time_text(double ms) {
  if (ms < 1e-3) return fmt::format("{:.1f} ns", ms * 1e6);
  if (ms < 1) return fmt::format("{:.1f} µs", ms * 1e3);
  return ms < 1000 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.2f} s", ms / 1e3);
}

std::string memory_text(double kilobytes) {
  return kilobytes < 1000 ? fmt::format("{:.0f} kB", kilobytes)
                          : fmt::format("{:.1f} MB", kilobytes / 1000);
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, columns(text)), ' ') + text;
}

std::string bar(double value, double most, std::size_t width) {
  if (most <= 0 || width == 0) return {};
  const auto length = static_cast<std::size_t>(value / most * static_cast<double>(width) + 0.5);
  std::string text;
  for (std::size_t i = 0; i < std::max<std::size_t>(length, 1); ++i) text += "▇";
  return text;
}

double slowest_of(const std::vector<Measurement>& measurements, long size) {
  double most = 0;
  for (const Measurement& one : measurements) {
    if (one.size == size && one.note.empty()) most = std::max(most, one.milliseconds);
  }
  return most;
}

std::size_t widest_version(const std::vector<Measurement>& measurements) {
  std::size_t widest = 7;
  for (const Measurement& one : measurements) widest = std::max(widest, columns(one.version));
  return widest;
}

}  // namespace

std::vector<Measurement> read_measurements(std::string_view text, std::string_view suffix) {
  std::vector<Measurement> all;
  try {
    const json document = json::parse(text);
    for (const json& entry : document.at("benchmarks")) {
      if (entry.value("run_type", "iteration") == "iteration")
        all.push_back(read_one(entry, suffix));
    }
  } catch (const json::exception& error) {
    throw Mistake(fmt::format("the benchmark's output makes no sense: {}", error.what()));
  }
  return all;
}

std::string machine_of(std::string_view text) {
  const json document = json::parse(text);
  const json& context = document.at("context");
  std::string machine = fmt::format("{} cores at {} MHz", context.value("num_cpus", 0),
                                    context.value("mhz_per_cpu", 0));
  if (context.contains("descriptor_limit")) {
    machine +=
        fmt::format(", at most {} descriptors", context.at("descriptor_limit").get<std::string>());
  }
  return machine;
}

std::vector<std::string> table_of(const std::vector<Measurement>& measurements, std::size_t width) {
  std::vector<Measurement> rows = measurements;
  std::ranges::stable_sort(rows, {}, &Measurement::size);
  const std::size_t name = widest_version(rows);
  const std::size_t used = 7 + 2 + name + 10 + 10 + 10 + 8 + 2;
  const std::size_t room = width > used + 4 ? std::min<std::size_t>(width - used, 24) : 0;
  const bool compared = std::ranges::any_of(rows, &Measurement::compared);
  std::vector<std::string> lines;
  lines.push_back(right("N", 7) + "  " + padded("version", name) + right("time", 10) +
                  (compared ? right("CPU", 10) + right("memory", 10) + right("threads", 8) : ""));
  long size = -1;
  for (const Measurement& one : rows) {
    std::string line = right(one.size != size ? fmt::format("{}", one.size) : "", 7) + "  ";
    size = one.size;
    line += padded(one.version, name);
    if (!one.note.empty()) {
      lines.push_back(line + "  " + one.note);
      continue;
    }
    line += right(time_text(one.milliseconds), 10);
    if (one.compared) {
      line += right(time_text(one.cpu_milliseconds), 10) + right(memory_text(one.kilobytes), 10) +
              right(fmt::format("{}", one.threads), 8);
    }
    lines.push_back(line + "  " + bar(one.milliseconds, slowest_of(rows, one.size), room));
  }
  return lines;
}

}  // namespace coach
