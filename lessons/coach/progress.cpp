#include "progress.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fcntl.h>
#include <sys/file.h>

#include <fmt/chrono.h>
#include <aio/support/syscall.hpp>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "mistake.hpp"
#include "text.hpp"

namespace coach {

namespace {

using nlohmann::json;
const fs::path folder = ".learn";
const fs::path progress_file = folder / "progress.json";
const fs::path place_file = folder / "place";
constexpr int version = 1;

/// Held while the file is changed.
aio::UniqueFd lock() {
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  aio::UniqueFd held(
      ::open((folder / "progress.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (held) ::flock(held.get(), LOCK_EX);
  return held;
}

struct NewerVersion {};

std::map<std::string, Record> parse(const std::string& text) {
  std::map<std::string, Record> records;
  const json all = json::parse(text);
  if (all.at("version").get<int>() > version) throw NewerVersion();
  for (const auto& [id, entry] : all.at("items").items()) {
    records[id] = {entry.at("passed"), entry.at("failures"), entry.at("hints"),
                   entry.value("last_work", "")};
  }
  return records;
}

std::string to_text(const std::map<std::string, Record>& records) {
  json items = json::object();
  for (const auto& [id, record] : records) {
    items[id] = {{"passed", record.passed},
                 {"failures", record.failures},
                 {"hints", record.hints},
                 {"last_work", record.last_work}};
  }
  return json{{"version", version}, {"items", items}}.dump(2) + "\n";
}

/// What two machines know of the same exercise.
Record better_of(const Record& a, const Record& b) {
  return {a.passed || b.passed, std::max(a.failures, b.failures), std::max(a.hints, b.hints),
          std::max(a.last_work, b.last_work)};
}

/// Left behind when a coach was killed while it wrote. Call it under the lock.
void remove_leftovers() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("progress.json.new-")) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

Progress::Progress(const Terminal& terminal, std::map<std::string, std::string> keys)
    : terminal_(terminal), keys_(std::move(keys)) {
  read();
}

const std::string& Progress::key_of(const std::string& id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? id : found->second;
}

/// Records that were written under an id which now has another key.
void Progress::use_keys() {
  for (const auto& [id, key] : keys_) {
    const bool is_a_key =
        std::ranges::find(keys_, id, &decltype(keys_)::value_type::second) != keys_.end();
    const auto record = records_.find(id);
    if (is_a_key || record == records_.end()) continue;
    records_.emplace(key, record->second);
    records_.erase(record);
  }
}

void Progress::read() {
  const auto text = read_if_there(progress_file);
  if (!text) return;
  try {
    records_ = parse(*text);
    use_keys();
  } catch (const NewerVersion&) {
    if (!std::exchange(frozen_, true)) {
      terminal_.say(
          fmt::format("{} was written by a newer Loopwright. It is left alone, and "
                      "progress is not saved.",
                      progress_file.string()));
    }
  } catch (const json::exception&) {
    const fs::path aside = first_free(folder / "progress.damaged-", ".json");
    std::error_code failed;
    fs::rename(progress_file, aside, failed);
    terminal_.say(
        fmt::format("Your progress file was damaged. It is set aside as {}; progress starts "
                    "anew. Your exercises are untouched: ./learn check finds what is done.",
                    aside.string()));
    records_.clear();
  }
}

const Record& Progress::of(const std::string& id) const {
  static const Record none;
  const auto found = records_.find(key_of(id));
  return found == records_.end() ? none : found->second;
}

bool Progress::refresh() {
  const auto before = records_;
  const aio::UniqueFd held = lock();
  read();
  return records_ != before;
}

std::string Progress::left_at() {
  return std::string(trim(read_if_there(place_file).value_or("")));
}

void Progress::leave_at(const std::string& id) {
  try {
    write_file(place_file, id + "\n");
  } catch (const Mistake&) {
    // The folder cannot be written: the next start is at what is open first.
  }
}

void Progress::change(const std::string& id, const std::function<void(Record&)>& how) {
  const aio::UniqueFd held = lock();
  read();  // another coach may have written meanwhile
  how(records_[key_of(id)]);
  save();
}

void Progress::save() {
  if (frozen_) return;
  try {
    remove_leftovers();
    write_file(progress_file, to_text(records_));
  } catch (const Mistake& mistake) {
    if (!std::exchange(warned_, true)) {
      terminal_.say(fmt::format("Progress is not saved: {}.", mistake.what()));
    }
  }
}

std::string Progress::exported() const { return to_text(records_); }

std::size_t Progress::import(const std::string& text, bool replace) {
  std::map<std::string, Record> incoming;
  try {
    incoming = parse(text);
  } catch (const NewerVersion&) {
    throw Mistake("It was exported by a newer Loopwright; bring this one up to date first.");
  } catch (const json::exception&) {
    throw Mistake("This is no progress that ./learn export wrote. Nothing has been changed.");
  }
  const aio::UniqueFd held = lock();
  read();
  if (frozen_) throw Mistake("Nothing has been changed.");
  const auto before = records_;
  if (replace) records_.clear();
  for (const auto& [key, record] : incoming) {
    records_[key] = better_of(records_[key], record);
  }
  use_keys();
  std::size_t changed = 0;
  for (const auto& [key, record] : records_) {
    const auto old = before.find(key);
    changed += old == before.end() || old->second != record ? 1 : 0;
  }
  for (const auto& [key, record] : before) changed += records_.contains(key) ? 0 : 1;
  save();
  return changed;
}

void Progress::checked(const std::string& id, bool passed) {
  change(id, [passed](Record& record) {
    record.passed = passed;
    if (!passed) ++record.failures;
    record.last_work = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
  });
}

}  // namespace coach
