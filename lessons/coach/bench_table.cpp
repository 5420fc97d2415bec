#include "bench_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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
  one.cpu_each = entry.value("cpu_us_each", 0.0) / 1e3;
  one.kilobytes = entry.value("rss_kb", 0.0);
  one.beat = entry.value("beat_ms", 0.0);
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

/// What its bar shows, in milliseconds.
double drawn_of(const Measurement& one) {
  return one.cpu_each > 0 ? one.cpu_each : one.milliseconds;
}

/// The axis of the bars: a decade of time takes the same room everywhere, so that microseconds and
/// seconds can be compared at a glance.
class Axis {
 public:
  Axis(const std::vector<Measurement>& measurements, std::size_t room, bool plain) : plain_(plain) {
    double least = std::numeric_limits<double>::max(), most = 0;
    for (const Measurement& one : measurements) {
      const double drawn = drawn_of(one);
      if (!one.note.empty() || drawn <= 0) continue;
      least = std::min(least, drawn);
      most = std::max(most, drawn);
    }
    if (most == 0) return;
    first_ = std::floor(std::log10(least));
    decades_ =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(std::log10(most) - first_)));
    per_decade_ = room / decades_;
  }

  /// Whether there is room to draw.
  bool drawn() const { return per_decade_ >= 2; }

  std::string bar(double milliseconds) const {
    if (!drawn() || milliseconds <= 0) return {};
    const double length = (std::log10(milliseconds) - first_) * static_cast<double>(per_decade_);
    return repeated(plain_ ? "#" : "▇", std::max<std::size_t>(1, std::lround(length)));
  }

  /// A tick where each decade begins.
  std::string ticks() const {
    const std::string decade = (plain_ ? "|" : "┴") + repeated(plain_ ? "-" : "─", per_decade_ - 1);
    return repeated(decade, decades_) + (plain_ ? "|" : "┴");
  }

  std::string legend() const {
    return fmt::format("The bars begin at {}; from tick to tick it takes ten times as long.",
                       time_text(std::pow(10, first_)));
  }

 private:
  static std::string repeated(const std::string& piece, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += piece;
    return text;
  }

  bool plain_;
  double first_ = 0;  // the power of ten, of milliseconds, at which the axis begins
  std::size_t decades_ = 0, per_decade_ = 0;
};

bool has_requests(const Measurement& one) { return one.cpu_each > 0; }
bool has_beat(const Measurement& one) { return one.beat > 0; }

struct Column {
  std::string head;
  std::size_t width;
  std::string (*text)(const Measurement& one);
};

/// What there is to tell. Where requests are counted, the threads are left out for them; where a
/// heartbeat is, the memory.
std::vector<Column> columns_of(const std::vector<Measurement>& rows) {
  const Column time{"time", 10, [](const auto& one) { return time_text(one.milliseconds); }};
  const Column cpu{"CPU", 10, [](const auto& one) { return time_text(one.cpu_milliseconds); }};
  const Column each{"CPU/request", 13, [](const auto& one) { return time_text(one.cpu_each); }};
  const Column memory{"memory", 10, [](const auto& one) { return memory_text(one.kilobytes); }};
  const Column threads{"threads", 8, [](const auto& one) { return std::to_string(one.threads); }};
  const Column beat{"p99 beat", 10, [](const auto& one) { return time_text(one.beat); }};
  if (std::ranges::any_of(rows, has_requests)) return {time, each, memory};
  if (std::ranges::any_of(rows, has_beat)) return {time, cpu, beat, threads};
  if (std::ranges::any_of(rows, &Measurement::compared)) return {time, cpu, memory, threads};
  return {time};
}

std::string cells(const Measurement& one, const std::vector<Column>& columns) {
  std::string text;
  for (const Column& column : columns) text += right(column.text(one), column.width);
  return text;
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

std::vector<std::string> table_of(const std::vector<Measurement>& measurements, std::size_t width,
                                  bool plain) {
  std::vector<Measurement> rows = measurements;
  std::ranges::stable_sort(rows, {}, &Measurement::size);
  const std::size_t name = widest_version(rows);
  const std::vector<Column> shown = columns_of(rows);
  std::size_t used = 7 + 2 + name + 2;
  for (const Column& column : shown) used += column.width;
  const Axis axis(rows, width > used ? std::min<std::size_t>(width - used - 1, 36) : 0, plain);
  std::vector<std::string> lines{right("N", 7) + "  " + padded("version", name)};
  for (const Column& column : shown) lines.back() += right(column.head, column.width);
  long size = -1;
  for (const Measurement& one : rows) {
    std::string line = right(one.size != size ? fmt::format("{}", one.size) : "", 7) + "  ";
    size = one.size;
    line += padded(one.version, name);
    lines.push_back(line + (one.note.empty() ? cells(one, shown) + "  " + axis.bar(drawn_of(one))
                                             : "  " + one.note));
  }
  if (axis.drawn()) {
    lines.push_back(std::string(used, ' ') + axis.ticks());
    const bool each = std::ranges::any_of(rows, has_requests);
    lines.push_back((each ? "A bar is the CPU time of one request. " : "") + axis.legend());
  }
  return lines;
}

}  // namespace coach
