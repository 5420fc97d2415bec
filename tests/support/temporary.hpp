#pragma once
// Where a test puts its files.

#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

namespace tests {

/// A path that no other process of this machine uses: where $TMPDIR says, otherwise in /tmp.
inline std::filesystem::path temporary(std::string_view name) {
  const std::string own = "loopwright-" + std::to_string(::getpid()) + "-";
  return std::filesystem::temp_directory_path() / (own + std::string(name));
}

}  // namespace tests
