#include "review.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace coach {

namespace {

/// "2026-11-21 09:30" in the learner's own time.
std::string local(const std::string& utc) {
  std::tm time{};
  if (::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time) == nullptr) return utc;
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(::timegm(&time)));
}

std::vector<const Item*> all_items(const Desk& desk) {
  std::vector<const Item*> items;
  for (const Lesson& lesson : desk.course.lessons()) {
    for (const Item& item : lesson.items) items.push_back(&item);
  }
  return items;
}

}  // namespace

std::vector<const Item*> weakest(const Desk& desk, std::size_t count) {
  const auto failures = [&](const Item* item) { return desk.progress.of(item->id).failures; };
  std::vector<const Item*> items = all_items(desk);
  std::erase_if(items, [&](const Item* item) { return failures(item) == 0; });
  std::ranges::stable_sort(items, std::ranges::greater(), failures);
  if (items.size() > count) items.resize(count);
  return items;
}

LastWork last_work(const Desk& desk) {
  LastWork last;
  for (const Item* item : all_items(desk)) {
    const std::string& when = desk.progress.of(item->id).last_work;
    if (when > last.when) last = {when, item};
  }
  return last;
}

void show_review(const Desk& desk) {
  const LastWork last = last_work(desk);
  if (last.item == nullptr) return;
  desk.terminal.hang(
      fmt::format("Last work: {}, on {} {}", local(last.when), last.item->id, last.item->title));
  const auto items = weakest(desk, 3);
  if (items.empty()) return;
  desk.terminal.line("Weakest, worth another look:");
  for (const Item* item : items) {
    const int failures = desk.progress.of(item->id).failures;
    desk.terminal.hang(fmt::format("   {} {}  ({} failed {})", item->id, item->title, failures,
                                   failures == 1 ? "check" : "checks"));
  }
}

}  // namespace coach
