#pragma once
// Exercise use-14d: the fingerprints of many files.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include <aio/coro.hpp>

/// Makes a fingerprint of a file. It blocks, and throws when it cannot. Threads may call it at the
/// same time.
using Fingerprint = std::function<std::string(const std::filesystem::path& file)>;

/// Hears how many files of all are done.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

/// The fingerprints of all files, in their order. At most `at_once` (at least 1) are made at the
/// same time, and as many as that if there are so many files. In the place of one that throws a
/// std::exception stands "error: " and what that says, and the others go on. `progress` is called
/// by the loop's thread, once after each file. Cancelled: no further file is begun.
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress);

/// A Fingerprint of what is in the file (FNV-1a).
inline std::string fingerprint_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::system_error(errno, std::generic_category(), file.filename().string());
  std::uint64_t hash = 14695981039346656037U;
  for (char byte = 0; in.get(byte);) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211U;
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

/// A Progress that draws a bar on a terminal.
inline void draw_bar(std::size_t done, std::size_t all) {
  const std::size_t width = 40, full = all == 0 ? width : done * width / all;
  std::printf("\r[%s%s] %zu of %zu", std::string(full, '#').c_str(),
              std::string(width - full, ' ').c_str(), done, all);
  if (done == all) std::printf("\n");
  std::fflush(stdout);
}
