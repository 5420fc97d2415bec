#include "support/code_lines.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <unordered_map>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <unistd.h>
#include <aio/debug/symbols.hpp>

namespace tests {

namespace {

/// Where the instruction before a code stands in the program's file.
std::uintptr_t offset_of(const void* code) {
  Dl_info info{};
  const auto at = reinterpret_cast<std::uintptr_t>(code) - 1;
  if (::dladdr(code, &info) == 0) return at;
  const auto* const header = static_cast<const ElfW(Ehdr)*>(info.dli_fbase);
  return header->e_type == ET_DYN ? at - reinterpret_cast<std::uintptr_t>(info.dli_fbase) : at;
}

/// What addr2line says: for each address the function, and the line.
std::vector<std::string> ask(const std::vector<const void*>& codes) {
  char path[] = "/tmp/addresses-XXXXXX";
  const int file = ::mkstemp(path);
  if (file == -1) return {};
  for (const void* code : codes) ::dprintf(file, "%#zx\n", offset_of(code));
  ::close(file);
  char command[160];
  std::snprintf(command, sizeof command, "addr2line -f -e /proc/%d/exe @%s 2>/dev/null",
                static_cast<int>(::getpid()), path);
  std::vector<std::string> said;
  if (std::FILE* const output = ::popen(command, "re")) {
    char line[4096];
    while (std::fgets(line, sizeof line, output) != nullptr) said.emplace_back(line);
    ::pclose(output);
  }
  std::remove(path);
  return said;
}

/// "lessons/07-tasks/turns.cpp:16" of what addr2line writes; nothing for other files.
CodeLine parse(std::string function, const std::string& said) {
  const std::string place =
      std::filesystem::path(said.substr(0, said.find_first_of(" \n"))).lexically_normal();
  const std::size_t colon = place.rfind(':');
  if (colon == place.npos || !place.starts_with(LOOPWRIGHT_ROOT)) return {};
  const std::size_t root = std::string_view(LOOPWRIGHT_ROOT "/").size();
  const std::string file = place.substr(root, colon - root);
  const int line = std::atoi(place.c_str() + colon + 1);
  const bool ours = file.starts_with("lessons/") || file.starts_with("exercises/") ||
                    file.starts_with("solutions/") ||
                    (file.starts_with("tests/") && !file.starts_with("tests/support/"));
  return line > 0 && ours ? CodeLine{file, line, std::move(function)} : CodeLine{};
}

/// Part of a coroutine's body, which compilers make a function of.
bool is_body(const std::string& symbol) {
  return symbol.find(".resume") != symbol.npos || symbol.find(".actor") != symbol.npos;
}

void leave_out_frames(std::map<const void*, CodeLine>& lines) {
  std::map<const void*, bool> in_body;
  std::set<std::string> coroutines;
  for (const auto& [code, line] : lines) {
    if (line.file.empty()) continue;
    in_body[code] = is_body(aio::detail::Symbols::own().name_at(offset_of(code)));
    if (in_body[code]) coroutines.insert(line.function);
  }
  for (auto& [code, line] : lines) {
    if (coroutines.contains(line.function) && !in_body[code]) line = CodeLine{};
  }
}

void leave_out_declarations(std::map<const void*, CodeLine>& lines) {
  std::map<std::string, std::set<int>> of_function;
  for (const auto& [code, line] : lines) of_function[line.function].insert(line.line);
  for (auto& [code, line] : lines) {
    const std::set<int>& all = of_function[line.function];
    if (all.size() > 1 && line.line == *all.begin()) line = CodeLine{};
  }
}

}  // namespace

bool is_of_the_program(const void* code) {
  static std::unordered_map<const void*, bool> known;
  const auto [found, is_new] = known.try_emplace(code);
  if (!is_new) return found->second;
  const std::string name =
      aio::detail::demangled(aio::detail::Symbols::own().name_at(offset_of(code)));
  const std::string_view function = aio::detail::without_types(name);
  const auto begins = [function](std::string_view with) { return function.starts_with(with); };
  const bool library = begins("aio::") || begins("http::") || begins("std::") || begins("__") ||
                       begins("_GLOBAL_") || begins("fmt::") || begins("operator") ||
                       name.starts_with("auto std::") || begins("bool std::");
  return found->second = !library && !name.empty();
}

std::map<const void*, CodeLine> lines_of(const std::vector<const void*>& codes) {
  const std::set<const void*> unique(codes.begin(), codes.end());
  const std::vector<const void*> asked(unique.begin(), unique.end());
  const std::vector<std::string> said = ask(asked);
  std::map<const void*, CodeLine> lines;
  for (std::size_t i = 0; 2 * i + 1 < said.size() && i < asked.size(); ++i) {
    lines[asked[i]] = parse(said[2 * i], said[2 * i + 1]);
  }
  leave_out_frames(lines);
  leave_out_declarations(lines);
  return lines;
}

std::string text_of(const std::string& file) {
  std::ifstream input(std::string(LOOPWRIGHT_ROOT) + "/" + file);
  return {std::istreambuf_iterator<char>(input), {}};
}

}  // namespace tests
