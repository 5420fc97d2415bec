// The answers to the questions about the timeline, taken from what the tasks wrote down.

#include <algorithm>
#include <cstdio>
#include <string>

#include "three_tasks.hpp"

using Doing = Timeline::Doing;

std::string who_runs_longest() {
  double longest = 0;
  std::string who;
  for (const auto& period : timeline.periods()) {
    if (period.doing != Doing::runs || period.length() <= longest) continue;
    longest = period.length();
    who = period.task;
  }
  return who;
}

long ready_at(double second) {
  return std::ranges::count_if(timeline.periods(), [second](const Timeline::Period& period) {
    return period.doing == Doing::is_ready && period.covers(second);
  });
}

double lateness_of(const std::string& task) {
  double late = 0;
  for (const auto& period : timeline.periods()) {
    if (period.task == task && period.doing == Doing::is_ready) late += period.length();
  }
  return late;
}

double one_after_another() {
  double total = 0;
  for (const auto& period : timeline.periods()) {
    if (period.doing != Doing::is_ready) total += period.length();
  }
  return total;
}

int main() {
  timeline.run(all_three());
  std::printf("%s\n", who_runs_longest().c_str());
  std::printf("%ld\n", ready_at(2.5));
  std::printf("%g\n", lateness_of("news"));
  std::printf("%g\n", timeline.now());
  std::printf("%g\n", one_after_another());
}
