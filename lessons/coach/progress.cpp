#include "progress.hpp"

#include <chrono>
#include <ctime>

#include <fcntl.h>
#include <sys/file.h>

#include <fmt/chrono.h>
#include <aio/support/syscall.hpp>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "mistake.hpp"

namespace coach {

namespace {

using nlohmann::json;
const fs::path folder = ".learn";
const fs::path file = folder / "progress.json";
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

}  // namespace

Progress::Progress(const Terminal& terminal) : terminal_(terminal) { read(); }

void Progress::read() {
  const auto text = read_if_there(file);
  if (!text) return;
  try {
    records_ = parse(*text);
  } catch (const NewerVersion&) {
    if (!std::exchange(frozen_, true)) {
      terminal_.say(
          fmt::format("{} was written by a newer Loopwright. It is left alone, and "
                      "progress is not saved.",
                      file.string()));
    }
  } catch (const json::exception&) {
    const fs::path aside = first_free(folder / "progress.damaged-", ".json");
    std::error_code failed;
    fs::rename(file, aside, failed);
    terminal_.say(
        fmt::format("Your progress file was damaged. It is set aside as {}; progress starts "
                    "anew. Your exercises are untouched: ./learn check finds what is done.",
                    aside.string()));
    records_.clear();
  }
}

const Record& Progress::of(const std::string& id) const {
  static const Record none;
  const auto found = records_.find(id);
  return found == records_.end() ? none : found->second;
}

void Progress::change(const std::string& id, const std::function<void(Record&)>& how) {
  const aio::UniqueFd held = lock();
  read();  // another coach may have written meanwhile
  how(records_[id]);
  if (frozen_) return;
  try {
    write_file(file, to_text(records_));
  } catch (const Mistake& mistake) {
    if (!std::exchange(warned_, true)) {
      terminal_.say(fmt::format("Progress is not saved: {}.", mistake.what()));
    }
  }
}

void Progress::checked(const std::string& id, bool passed) {
  change(id, [passed](Record& record) {
    record.passed = passed;
    if (!passed) ++record.failures;
    record.last_work = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
  });
}

}  // namespace coach
