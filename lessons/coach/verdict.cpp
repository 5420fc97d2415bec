#include "verdict.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "text.hpp"

namespace coach {

namespace {

bool passed(const TestResult& result) { return result.event == "pass" || result.event == "skip"; }

/// How a program ended that did not end well; empty if the report says it already.
std::string sudden_end(const Outcome& outcome) {
  if (outcome.timed_out) return "it did not end, and was stopped";
  if (outcome.signal != 0)
    return fmt::format("it was ended by a signal: {}", strsignal(outcome.signal));
  return fmt::format("it ended with status {} before it had reported", outcome.status);
}

std::string last_lines(std::string_view output) {
  const std::vector<std::string> lines = split_lines(output);
  std::string text;
  for (std::size_t i = lines.size() - std::min<std::size_t>(lines.size(), 8); i < lines.size();
       ++i) {
    text += "\n" + lines[i];
  }
  return text;
}

/// "Assertion '__n < this->size()' failed, in stl_vector.h:1123", if the output has such a line.
std::string assertion_in(std::string_view output) {
  for (const std::string& line : split_lines(output)) {
    const std::size_t begin = line.find("Assertion '");
    if (begin == std::string::npos) continue;
    const std::string place = line.substr(0, line.find(": "));
    std::string what = line.substr(begin);
    while (what.ends_with('.') || what.ends_with('\n')) what.pop_back();
    return fmt::format("\n{}, in {}", what, fs::path(place).filename().string());
  }
  return "";
}

}  // namespace

std::vector<TestResult> read_report(const fs::path& file, const Outcome& outcome) {
  std::vector<TestResult> results;
  for (const std::string& line : split_lines(read_if_there(file).value_or(""))) {
    const auto entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_discarded()) continue;  // the end of a report that was cut off
    TestResult result{entry.value("test", ""), entry.value("event", ""), entry.value("message", ""),
                      entry.value("step", "")};
    if (result.event == "crash") result.message += assertion_in(outcome.output);
    const std::string last_step = entry.value("last_step", "");
    if (!last_step.empty()) result.message += "\nThe last step of its story: " + last_step;
    const std::string likely_cause = entry.value("likely_cause", "");
    if (!likely_cause.empty()) result.message += "\nLikely cause: " + likely_cause;
    const auto before = std::ranges::find(results, result.test, &TestResult::test);
    if (before == results.end()) {
      results.push_back(std::move(result));
    } else {
      *before = std::move(result);
    }
  }
  for (TestResult& result : results) {
    if (result.event != "start") continue;
    result.event = outcome.timed_out ? "hang" : "crash";
    result.message = sudden_end(outcome);
  }
  const bool ended_well = !outcome.timed_out && outcome.signal == 0 && outcome.status <= 1;
  const bool told = std::ranges::any_of(results, [](const TestResult& result) {
    return result.event == "crash" || result.event == "hang";
  });
  if (results.empty() || (!ended_well && !told)) {
    results.push_back({"", "crash", sudden_end(outcome) + last_lines(outcome.output)});
  }
  return results;
}

std::string suite_of(const Item& step) {
  return fmt::format("Step{}_", step.id.substr(step.id.find('.') + 1));
}

Verdict judge(const Item& item, const std::vector<TestResult>& results) {
  Verdict verdict{Verdict::State::done, item, results};
  std::ranges::stable_partition(verdict.results,
                                [](const auto& result) { return !passed(result); });
  if (verdict.results.empty() || !passed(verdict.results.front())) {
    verdict.state = Verdict::State::failing;
  }
  return verdict;
}

std::vector<Verdict> judge_steps(const std::vector<Item>& steps,
                                 const std::vector<TestResult>& results) {
  std::vector<Verdict> verdicts;
  bool failing = false;
  for (const Item& step : steps) {
    std::vector<TestResult> own;
    std::ranges::copy_if(results, std::back_inserter(own), [&](const TestResult& result) {
      return result.test.empty() || result.test.starts_with(suite_of(step));
    });
    Verdict verdict = judge(step, own);
    if (failing) verdict.state = Verdict::State::waiting;
    failing = failing || verdict.state == Verdict::State::failing;
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

}  // namespace coach
