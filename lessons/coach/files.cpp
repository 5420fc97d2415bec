#include "files.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "mistake.hpp"

namespace coach {

namespace {

[[noreturn]] void fail(std::string_view verb, const fs::path& path, int error) {
  std::string text = fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(error));
  if (error == ENOSPC) text += ". The disk is full: free some space and try again";
  if (error == EROFS || error == EACCES) text += ". The folder cannot be written by you";
  throw Mistake(text);
}

struct Descriptor {
  int fd;
  ~Descriptor() { ::close(fd); }
};

/// Returns 0 or the error number.
int write_and_sync(const fs::path& path, std::string_view text) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
  if (file.fd == -1) return errno;
  while (!text.empty()) {
    const ssize_t written = ::write(file.fd, text.data(), text.size());
    if (written == -1 && errno == EINTR) continue;
    if (written == -1) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file.fd) == 0 ? 0 : errno;
}

}  // namespace

std::optional<std::string> read_if_there(const fs::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd == -1 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.fd == -1) fail("read", path, errno);
  std::string text;
  std::array<char, 16 * 1024> some;
  for (;;) {
    const ssize_t got = ::read(file.fd, some.data(), some.size());
    if (got == -1 && errno == EINTR) continue;
    if (got == -1) fail("read", path, errno);
    if (got == 0) return text;
    text.append(some.data(), static_cast<std::size_t>(got));
  }
}

std::string read_file(const fs::path& path) {
  auto text = read_if_there(path);
  if (!text) fail("read", path, ENOENT);
  return *std::move(text);
}

void write_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) fail("make the folder", path.parent_path(), error.value());
  fs::path fresh = path;
  fresh += fmt::format(".new-{}", ::getpid());
  int failed = write_and_sync(fresh, text);
  if (failed == 0) {
    fs::rename(fresh, path, error);
    failed = error.value();
  }
  if (failed != 0) {
    fs::remove(fresh, error);
    fail("write", path, failed);
  }
}

fs::path first_free(const fs::path& stem, std::string_view suffix) {
  for (int n = 1;; ++n) {
    fs::path candidate = stem;
    candidate += fmt::format("{}{}", n, suffix);
    if (!fs::exists(candidate)) return candidate;
  }
}

fs::path keep_as_backup(const fs::path& path) {
  fs::path backup = path;
  backup += ".bak";
  if (fs::exists(backup)) {
    fs::path stem = backup;
    stem += ".";
    backup = first_free(stem, "");
  }
  write_file(backup, read_file(path));
  return backup;
}

}  // namespace coach
