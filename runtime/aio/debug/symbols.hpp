#pragma once
// The names of functions by their addresses, for debug mode: what the program's own table of
// symbols says, which a stripped program has no more; of shared libraries, what they export.
// addr2line tells the line, where it is installed and the program was compiled with -g. Slow: for
// reports.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aio/support/syscall.hpp>

namespace aio::detail {

/// As programs write it: "std::string", and nothing of "(anonymous namespace)::".
inline std::string as_written(std::string name) {
  constexpr std::string_view string =
      "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >";
  constexpr std::string_view unnamed = "(anonymous namespace)::";
  for (std::size_t at; (at = name.find(string)) != name.npos;) {
    name.replace(at, string.size(), "std::string");
  }
  for (std::size_t at; (at = name.find(unnamed)) != name.npos;) name.erase(at, unnamed.size());
  return name;
}

/// "fetch(int)" of its mangled name, also of what compilers make of a coroutine: Clang adds
/// ".resume"; GCC 12 writes the name twice, the second time as a part of ".Frame.actor".
inline std::string demangled(std::string name) {
  const std::size_t frame = name.find(".Frame");
  if (frame != std::string::npos) name = name.substr(name.rfind("_Z", frame));
  name.resize(std::min(name.find('.'), name.size()));
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return text == nullptr ? name : as_written(text.get());
}

/// "fetch" of "aio::Coro<void> shop::fetch<int>(int)", with its namespaces: "shop::fetch<int>".
inline std::string_view without_types(std::string_view function) {
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < function.size(); ++i) {
    const char c = function[i];
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (depth > 0) continue;
    if (c == ' ') begin = i + 1;
    if (c == '(' && !function.substr(i).starts_with("(anonymous namespace)")) {
      return function.substr(begin, i - begin);
    }
    if (c == '(') i += std::string_view("(anonymous namespace)").size() - 1;
  }
  return function.substr(begin);
}

/// The table of symbols of this program's file, mapped once.
class Symbols {
 public:
  static const Symbols& own() {
    static const Symbols& symbols = *new Symbols;  // also for what ends after it would
    return symbols;
  }
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  /// The mangled name; empty when it is not known. `address` counts from where the program begins.
  std::string name_at(std::uintptr_t address) const {
    auto found = std::ranges::upper_bound(functions_, address, {}, &Function::begin);
    if (found == functions_.begin() || address >= (--found)->end) return "";
    return found->name;
  }

 private:
  Symbols() {
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return;
    void* const mapped = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ,
                                MAP_PRIVATE, file.get(), 0);
    if (mapped == MAP_FAILED) return;
    const auto* const base = static_cast<const char*>(mapped);
    const auto& header = *reinterpret_cast<const ElfW(Ehdr)*>(base);
    const auto* const sections = reinterpret_cast<const ElfW(Shdr)*>(base + header.e_shoff);
    for (int i = 0; i < header.e_shnum; ++i) {
      if (sections[i].sh_type != SHT_SYMTAB) continue;
      const auto* const symbols = reinterpret_cast<const ElfW(Sym)*>(base + sections[i].sh_offset);
      add({symbols, sections[i].sh_size / sizeof *symbols},
          base + sections[sections[i].sh_link].sh_offset);
    }
    std::ranges::sort(functions_, {}, &Function::begin);
  }
  void add(std::span<const ElfW(Sym)> symbols, const char* names) {
    for (const ElfW(Sym) & each : symbols) {
      const bool function = (each.st_info & 0xf) == STT_FUNC && each.st_size > 0;
      if (!function) continue;
      functions_.push_back({each.st_value, each.st_value + each.st_size, names + each.st_name});
    }
  }

  struct Function {
    std::uintptr_t begin, end;
    const char* name;
  };
  std::vector<Function> functions_;  // in the order of their addresses
};

/// An address of code, and what is known of it.
class CodePlace {
 public:
  /// `address` is within the function: of a return address, one less.
  explicit CodePlace(const void* address) {
    Dl_info info{};
    if (::dladdr(address, &info) == 0) return;
    Dl_info own{};
    ::dladdr(reinterpret_cast<const void*>(&demangled), &own);
    own_ = info.dli_fbase == own.dli_fbase;
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    const auto base = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    const auto* const header = static_cast<const ElfW(Ehdr)*>(info.dli_fbase);
    offset_ = header->e_type == ET_DYN ? at - base : at;
    std::string name = own_ ? Symbols::own().name_at(offset_) : "";
    if (name.empty() && info.dli_sname != nullptr) name = info.dli_sname;
    function_ = demangled(std::move(name));
  }

  /// Empty when it is not known.
  const std::string& function() const { return function_; }
  /// Is it a part of the runtime, or of what it is made of?
  bool of_the_runtime() const {
    const std::string_view name = without_types(function_);
    return name.starts_with("aio::") || name.starts_with("std::__n4861::coroutine_handle") ||
           name.starts_with("std::coroutine_handle") ||
           name.starts_with("__interceptor_") ||  // a sanitizer's, under either of its names
           name.starts_with("___interceptor_");
  }
  /// Whether lines are asked for; each takes a process of its own.
  static inline constinit bool tells_lines = true;
  /// "fetch(int) (shop.cpp:31)". Functions of the standard library without their types.
  std::string text() const {
    std::string name = function_.empty() ? "?" : function_;
    const std::size_t lambda = name.find("} std::");  // one that it returns
    const std::string_view whole = name;
    const std::string_view plain =
        without_types(lambda == name.npos ? whole : whole.substr(lambda + 2));
    if (plain.starts_with("std::")) name = std::string(plain.substr(0, plain.find('<'))) + "()";
    if (name.starts_with("_Z") && name.size() > 60) name = name.substr(0, 57) + "...";
    const std::string line = own_ && tells_lines ? line_at(offset_) : "";
    return line.empty() ? name : name + " (" + line + ")";
  }

 private:
  /// "shop.cpp:31", or nothing.
  static std::string line_at(std::uintptr_t offset) {
    static std::mutex mutex;
    static std::map<std::uintptr_t, std::string> known;
    const std::lock_guard lock(mutex);
    const auto [found, is_new] = known.try_emplace(offset);
    if (is_new) found->second = ask_addr2line(offset);
    return found->second;
  }
  /// Of functions that are compiled into each other it tells the innermost first, and last the one
  /// that has the name.
  static std::string ask_addr2line(std::uintptr_t offset) {
    char command[120];
    std::snprintf(command, sizeof command, "exec addr2line -i -e /proc/%d/exe %#zx 2>/dev/null",
                  static_cast<int>(::getpid()), static_cast<std::size_t>(offset));
    std::FILE* const output = ::popen(command, "re");
    if (output == nullptr) return "";
    char line[600] = "";
    while (std::fgets(line, sizeof line, output) != nullptr) {
    }
    ::pclose(output);
    std::string_view text = line;
    text = text.substr(0, text.find_first_of("\n ("));
    if (text.empty() || text.starts_with("?") || text.ends_with("?")) return "";
    return std::string(text.substr(text.rfind('/') + 1));
  }

  std::string function_;
  std::uintptr_t offset_ = 0;
  bool own_ = false;
};

}  // namespace aio::detail
