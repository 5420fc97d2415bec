#pragma once
// Sees that a file was saved, however the editor does it: in place, by renaming a new file over
// it, or by deleting and writing it again. Many saves at once are told as one.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>

#include "files.hpp"

namespace coach {

/// Watches the folders of its files: a watch on the file itself would follow the old one away.
class FileWatch {
 public:
  /// `on_save(changed)` is called in the loop that runs now; not `changed`: the files hold what
  /// they held at the last save, or when they began to be watched.
  explicit FileWatch(std::function<void(bool changed)> on_save);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  ~FileWatch();

  /// Watches these files, and no others any more. They may be missing.
  void watch(std::vector<fs::path> files);

 private:
  void watch_folders();
  void read_events();
  bool concerns_us(int folder, const char* name) const;
  void touched();
  void settled();
  std::string contents() const;

  std::function<void(bool)> on_save_;
  aio::EventLoop& loop_;
  aio::UniqueFd inotify_;
  std::vector<fs::path> files_;
  std::string known_;                        // what they hold
  std::map<int, fs::path> folders_;          // by watch descriptor
  std::optional<aio::TimerHandle> settles_;  // runs from the last sign of a save
  std::optional<aio::TimerHandle> retry_;    // a folder is missing
};

}  // namespace coach
