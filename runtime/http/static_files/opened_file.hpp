#pragma once
// A file below a root, and nowhere else. The kernel itself sees to that: openat2() with
// RESOLVE_BENEATH fails for every path that leads out, also by a symbolic link, and also when
// somebody changes the folders meanwhile. What stands here runs on a thread.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <aio/support/syscall.hpp>

namespace http::detail {

/// A file that has been opened, and its beginning; or a folder, or nothing.
struct OpenedFile {
  enum class Kind { nothing, folder, file };
  Kind kind = Kind::nothing;
  aio::UniqueFd fd;
  std::uint64_t size = 0;
  std::time_t changed = 0;
  std::string tag;      // the ETag, with its quotes
  std::string content;  // all of it, or nothing when nobody has read it yet
};

/// Opens a file or a folder below `root`; an empty path is the root itself. Returns the descriptor,
/// or -1 with errno. Defined in src/open_beneath.cpp.
int open_beneath(int root, const std::string& path);

/// Changes whenever the file does: it is made of the time of its last change and its size.
inline std::string tag_of(const struct stat& about) {
  const auto nanoseconds = static_cast<std::uint64_t>(about.st_mtim.tv_sec) * 1'000'000'000U +
                           static_cast<std::uint64_t>(about.st_mtim.tv_nsec);
  return "\"" + std::to_string(nanoseconds) + "-" + std::to_string(about.st_size) + "\"";
}

/// Not to be found: what does not exist, what may not be read, what leads out, and what is neither
/// a file nor a folder. Throws std::system_error for what is our own trouble, e.g. too many files.
inline OpenedFile open_file(int root, const std::string& path) {
  OpenedFile opened;
  opened.fd = aio::UniqueFd(open_beneath(root, path));
  if (!opened.fd) {
    const bool ours = errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOSYS;
    if (ours) throw std::system_error(errno, std::generic_category(), "openat2");
    return opened;
  }
  struct stat about {};
  aio::check_syscall("fstat", ::fstat(opened.fd.get(), &about));
  if (S_ISDIR(about.st_mode)) opened.kind = OpenedFile::Kind::folder;
  if (!S_ISREG(about.st_mode)) return opened;
  opened.kind = OpenedFile::Kind::file;
  opened.size = static_cast<std::uint64_t>(about.st_size);
  opened.changed = about.st_mtim.tv_sec;
  opened.tag = tag_of(about);
  return opened;
}

/// So many bytes from there. Throws std::system_error when the file has become shorter.
inline std::string read_part(int fd, std::uint64_t from, std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t got = 0; got < count;) {
    const ssize_t more =
        ::pread(fd, bytes.data() + got, count - got, static_cast<off_t>(from + got));
    if (more == -1 && errno == EINTR) continue;
    aio::check_syscall("pread", static_cast<int>(more > 0 ? 0 : more));
    if (more == 0) {
      throw std::system_error(std::make_error_code(std::errc::io_error),
                              "a file has become shorter while it was sent");
    }
    got += static_cast<std::size_t>(more);
  }
  return bytes;
}

}  // namespace http::detail
