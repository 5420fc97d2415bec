#pragma once
// What the kernel watches for this process: /proc tells it for every epoll descriptor.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <sys/epoll.h>

#include "support/spared.hpp"

namespace tests {

/// The epoll descriptors of this process.
inline std::vector<int> epoll_descriptors() {
  const Spared spared_here;
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (target == "anon_inode:[eventpoll]") found.push_back(std::stoi(entry.path().filename()));
  }
  return found;
}

/// What was asked of epoll_ctl() for a descriptor.
struct Watched {
  std::uint32_t bits = 0;
  std::uint64_t data = 0;
};

/// What the kernel has been asked to watch under the number `fd`. More than one when a copy keeps
/// an earlier owner of the number open.
inline std::vector<Watched> registrations(int fd) {
  const Spared spared_here;
  std::vector<Watched> found;
  for (const int epoll : epoll_descriptors()) {
    std::ifstream info("/proc/self/fdinfo/" + std::to_string(epoll));
    for (std::string line; std::getline(info, line);) {
      std::istringstream words(line);
      std::string label;
      int number = -1;
      Watched asked;
      words >> label >> number >> label >> std::hex >> asked.bits >> label >> asked.data;
      if (line.starts_with("tfd:") && number == fd) found.push_back(asked);
    }
  }
  return found;
}

/// The same in words: "read edge", "none"; "not watched".
inline std::string asked_of_kernel(int fd) {
  const auto all = registrations(fd);
  if (all.empty()) return "not watched";
  const std::uint32_t bits = all.front().bits;
  std::string names;
  if ((bits & EPOLLIN) != 0) names += " read";
  if ((bits & EPOLLOUT) != 0) names += " write";
  if ((bits & EPOLLET) != 0) names += " edge";
  return names.empty() ? "none" : names.substr(1);
}

}  // namespace tests
