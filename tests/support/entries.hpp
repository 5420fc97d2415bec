#pragma once
// How many entries a folder has. By calls of C: std::filesystem ends the program when memory runs
// out while it reads a folder, and some tests let that happen.

#include <cstddef>

#include <dirent.h>

namespace tests {

inline std::size_t entries_of(const char* folder) {
  DIR* const opened = ::opendir(folder);
  std::size_t count = 0;
  while (const dirent* const entry = opened == nullptr ? nullptr : ::readdir(opened)) {
    if (entry->d_name[0] != '.') ++count;
  }
  if (opened != nullptr) ::closedir(opened);
  return count;
}

/// The descriptors of this process, and the one by which they are counted.
inline std::size_t open_descriptors() { return entries_of("/proc/self/fd"); }

}  // namespace tests
