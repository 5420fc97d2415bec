#pragma once
// The program of a child: its arguments, its environment, and the file where it is.

#include <cerrno>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aio/process/options.hpp>
#include <aio/support/c_string.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

/// Strings as C takes them: an array of pointers, with null at its end. Throws
/// std::invalid_argument for a NUL inside.
inline std::vector<char*> c_array(const std::vector<std::string>& strings, const char* what) {
  std::vector<char*> pointers;
  for (const std::string& each : strings) {
    pointers.push_back(const_cast<char*>(c_string(each, what)));
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// The environment of a child, as "NAME=value". Throws std::invalid_argument for a name that is
/// none.
inline std::vector<std::string> environment_of(const ProcessOptions& options) {
  std::vector<std::string> all;
  for (char** each = environ; !options.clean_environment && *each != nullptr; ++each) {
    const std::string_view ours = *each;
    if (!options.environment.contains(std::string(ours.substr(0, ours.find('='))))) {
      all.emplace_back(ours);
    }
  }
  for (const auto& [name, value] : options.environment) {
    if (name.empty() || name.find('=') != std::string::npos) {
      throw std::invalid_argument("create_subprocess: no variable can have the name \"" + name +
                                  "\"");
    }
    all.push_back(name + '=' + value);
  }
  return all;
}

/// A directory that can be searched, opened; none for an empty path. Throws std::system_error,
/// which names it.
inline UniqueFd open_directory(const std::string& path) {
  if (path.empty()) return UniqueFd();
  const int fd =
      ::open(c_string(path, "the directory of a process"), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd != -1) return UniqueFd(fd);
  throw std::system_error(errno, std::generic_category(),
                          "create_subprocess: the directory \"" + path + "\"");
}

/// Where a program is looked for that has no slash: the child's PATH.
inline std::string search_path(const std::vector<std::string>& environment) {
  constexpr std::string_view path = "PATH=";
  for (const std::string& variable : environment) {
    if (variable.starts_with(path)) return variable.substr(path.size());
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

/// 0, or why `file`, seen from `directory`, cannot be started.
inline int why_not(int directory, const std::string& file) {
  struct stat about {};
  if (::fstatat(directory, file.c_str(), &about, 0) == -1) return errno;
  if (!S_ISREG(about.st_mode)) return EACCES;
  return ::faccessat(directory, file.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

/// The file of a program. Throws std::system_error when none of the directories has it.
inline std::string find_program(const std::string& name, const std::string& path, int directory) {
  if (name.find('/') != std::string::npos) return name;
  int reason = ENOENT;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const std::string folder = begin == end ? "." : path.substr(begin, end - begin);
    const int refused = why_not(directory, folder + '/' + name);
    if (refused == 0) return folder + '/' + name;
    if (refused == EACCES) reason = EACCES;
    begin = end + 1;
  }
  throw std::system_error(reason, std::generic_category(),
                          "create_subprocess: no program \"" + name + "\" in PATH");
}

}  // namespace aio::detail
