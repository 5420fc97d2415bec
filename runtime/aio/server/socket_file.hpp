#pragma once
// The file that a Unix-domain socket makes when it is bound to a path.

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <aio/address.hpp>

namespace aio::detail {

/// Knows which file it was, so that another one at its place is left alone; and where, whatever
/// the working directory is by then. There is none for any other kind of address.
class SocketFile {
 public:
  explicit SocketFile(const Address& bound) {
    const std::string name = bound.unix_name();
    if (name.empty() || name.front() == '\0' || ::stat(name.c_str(), &made_) == -1) return;
    std::error_code ignored;  // then the path stays relative
    path_ = std::filesystem::absolute(name, ignored).string();
    if (path_.empty()) path_ = name;
  }

  /// Idempotent.
  void remove() noexcept {
    struct stat found {};
    const std::string path = std::exchange(path_, {});
    if (path.empty() || ::stat(path.c_str(), &found) == -1) return;
    if (found.st_ino == made_.st_ino && found.st_dev == made_.st_dev) ::unlink(path.c_str());
  }

 private:
  std::string path_;
  struct stat made_ {};
};

}  // namespace aio::detail
