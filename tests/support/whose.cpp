#include "support/whose.hpp"

#include <algorithm>
#include <string_view>

namespace tests {
namespace {

std::vector<std::string>& files() {
  static std::vector<std::string> all;
  return all;
}

}  // namespace

CompiledFrom compiled_from(const char* path) {
  std::string_view file = path;
  if (file.starts_with(LOOPWRIGHT_ROOT)) file.remove_prefix(sizeof LOOPWRIGHT_ROOT);
  if (std::ranges::find(files(), file) == files().end()) files().emplace_back(file);
  return {};
}

const std::vector<std::string>& compiled_files() { return files(); }

}  // namespace tests
