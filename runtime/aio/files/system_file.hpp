#pragma once
// Files, as a thread works on them: each function here blocks, and throws std::system_error, which
// names the file.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <aio/support/syscall.hpp>

namespace aio::detail {

[[noreturn]] inline void throw_file_error(int error, const char* what, const std::string& path) {
  throw std::system_error(error, std::generic_category(), std::string(what) + " \"" + path + '"');
}

/// A file that is open.
class SystemFile {
 public:
  SystemFile(const std::string& path, int flags) : SystemFile(path, flags, path) {}
  /// Errors name it as `shown`. A file that is made has this mode, less the umask.
  SystemFile(const std::string& path, int flags, std::string shown, mode_t mode = 0666)
      : path_(std::move(shown)) {
    // Whoever opens a FIFO waits for its other side, perhaps for ever, unless he says O_NONBLOCK.
    // That a file server lends a file to somebody else is worth the wait.
    int wait = O_NONBLOCK;
    do {
      fd_ = UniqueFd(::open(path.c_str(), flags | O_CLOEXEC | wait, mode));
    } while (!fd_ && (errno == EINTR || (errno == EWOULDBLOCK && std::exchange(wait, 0) != 0)));
    if (!fd_) fail("open");
  }

  struct stat about() const {
    struct stat found {};
    if (::fstat(fd_.get(), &found) == -1) fail("look at");
    return found;
  }
  std::uint64_t size() const { return static_cast<std::uint64_t>(about().st_size); }

  /// Fewer bytes than asked for only at the end.
  std::string read_at(std::uint64_t offset, std::size_t most) const {
    std::string data;
    for (;;) {
      const std::size_t before = data.size(),
                        step = std::min(most - before, room_for(before, offset));
      if (step == 0) return data;
      data.resize(before + step);
      const ssize_t count =
          ::pread(fd_.get(), data.data() + before, step, static_cast<off_t>(offset + before));
      if (count == -1 && errno != EINTR) fail("read");
      data.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      if (count == 0) return data;
    }
  }
  void write_at(std::uint64_t offset, std::string_view data) const {
    while (!data.empty()) {
      const ssize_t count =
          ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
      if (count == -1 && errno == EINTR) continue;
      if (count == -1) fail("write");
      data.remove_prefix(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
  }
  void truncate(std::uint64_t size) const {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) == -1) fail("truncate");
  }
  void sync() const {
    if (::fdatasync(fd_.get()) == -1) fail("flush");
  }
  /// Whose it is, and who may do what with it, as with another file. That it may not be given away
  /// is no error; but then it runs as nobody else.
  void resemble(const struct stat& other) const {
    const bool same_owner = ::fchown(fd_.get(), other.st_uid, other.st_gid) == 0;
    if (!same_owner && errno != EPERM) fail("own");
    const mode_t mode = other.st_mode & (same_owner ? 07777 : 01777);
    if (::fchmod(fd_.get(), mode) == -1) fail("change the mode of");
  }
  void close() {
    if (::close(fd_.release()) == -1 && errno != EINTR) fail("close");
  }

 private:
  [[noreturn]] void fail(const char* what) const { throw_file_error(errno, what, path_); }
  /// For the first read what the file has from there, then as much again as there is: some files
  /// do not know their size, and others grow.
  std::size_t room_for(std::size_t have, std::uint64_t offset) const {
    constexpr std::size_t least = 64 * 1024, most = std::size_t{1} << 30;
    if (have > 0) return std::clamp(have, least, most);
    const std::uint64_t all = size();
    return static_cast<std::size_t>(
               std::min<std::uint64_t>(all > offset ? all - offset : 0, most)) +
           1;
  }

  std::string path_;
  UniqueFd fd_;
};

inline std::string read_whole_file(const std::string& path) {
  return SystemFile(path, O_RDONLY).read_at(0, std::string().max_size());
}

/// A new file beside another one, which it is to replace. It is removed unless it has.
class Replacement {
 public:
  /// Until it is complete, nobody who might not read the other one reads it: see `mode`.
  Replacement(const std::string& path, mode_t mode)
      : path_(path),
        folder_(folder_of(path)),
        own_(folder_ + "/.aio-" + unique()),
        file_(own_, O_WRONLY | O_CREAT | O_EXCL, path, mode) {}
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement() {
    if (!done_) ::unlink(own_.c_str());
  }

  SystemFile& file() { return file_; }
  void replace() {
    file_.close();
    if (::rename(own_.c_str(), path_.c_str()) == -1) throw_file_error(errno, "replace", path_);
    done_ = true;
  }
  /// The folder's entry is on the disk, too.
  void sync_folder() const { SystemFile(folder_, O_RDONLY | O_DIRECTORY).sync(); }

 private:
  static std::string folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
  }
  /// No other process and no other thread has the same.
  static std::string unique() {
    static std::atomic<unsigned> made = 0;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::to_string(::getpid()) + "-" + std::to_string(now.tv_nsec) + "-" +
           std::to_string(++made);
  }

  const std::string path_, folder_, own_;
  SystemFile file_;
  bool done_ = false;
};

/// Where symbolic links lead to, whether or not there is anything.
inline std::string follow_links(std::filesystem::path path) {
  constexpr int most = 40;  // as the kernel
  std::error_code unknown;
  for (int links = 0; std::filesystem::is_symlink(path, unknown); ++links) {
    if (links == most) throw_file_error(ELOOP, "replace", path.string());
    path = path.parent_path() / std::filesystem::read_symlink(path);
  }
  return path.string();
}

/// Whoever opens `path` finds all of what it was, or all of `data`. A symbolic link stays, and what
/// it leads to is replaced, or made.
inline void replace_file(const std::string& name, std::string_view data, bool durable) {
  const std::string path = follow_links(name);
  struct stat old {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (!exists && errno != ENOENT) throw_file_error(errno, "replace", path);
  if (exists && S_ISDIR(old.st_mode)) throw_file_error(EISDIR, "replace", path);
  if (exists && !S_ISREG(old.st_mode)) throw_file_error(EOPNOTSUPP, "replace", path);
  Replacement next(path, exists ? 0600 : 0666);
  next.file().write_at(0, data);
  if (exists) next.file().resemble(old);
  if (durable) next.file().sync();
  next.replace();
  if (durable) next.sync_folder();
}

}  // namespace aio::detail
