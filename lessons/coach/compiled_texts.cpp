#include "compiled_texts.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "text.hpp"

namespace coach {

namespace {

/// FNV-1a: the same in every run, and on every machine.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

bool is_source(const fs::path& file) {
  return file.extension() == ".hpp" || file.extension() == ".cpp";
}

std::set<fs::path> sources_below(const fs::path& folder) {
  std::set<fs::path> files;
  std::error_code unreadable;
  for (const auto& entry : fs::recursive_directory_iterator(folder, unreadable)) {
    if (entry.is_regular_file(unreadable) && is_source(entry.path())) files.insert(entry.path());
  }
  return files;
}

/// Where this cannot be done, ninja decides by the old time.
void give_present_time(const fs::path& file) {
  std::error_code ignored;
  fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
}

}  // namespace

CompiledTexts::CompiledTexts(fs::path record, const fs::path& folder) : record_(std::move(record)) {
  const auto before = read_if_there(record_);
  std::error_code ignored;
  const auto last_build =
      before ? fs::last_write_time(record_, ignored) : fs::file_time_type::min();
  const auto lines = split_lines(before.value_or(""));
  const std::set<std::string> known(lines.begin(), lines.end());
  std::string now;
  for (const fs::path& file : sources_below(folder)) {
    const std::string line =
        fmt::format("{:016x} {}", hash_of(read_if_there(file).value_or("")), file.string());
    const bool looks_old = fs::last_write_time(file, ignored) <= last_build;
    if (looks_old && !known.contains(line)) give_present_time(file);
    now += line + "\n";
  }
  if (now != before) write_file(record_, now);
}

void CompiledTexts::built() const { give_present_time(record_); }

}  // namespace coach
