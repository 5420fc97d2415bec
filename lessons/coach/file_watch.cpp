#include "file_watch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include <sys/inotify.h>
#include <unistd.h>

namespace coach {

namespace {

using namespace std::chrono_literals;

constexpr auto quiet = 60ms;        // without a sign, until a save counts as complete
constexpr auto look_again = 500ms;  // for a folder that is missing
constexpr std::uint32_t signs_of_a_save = IN_CLOSE_WRITE | IN_MOVED_TO;

}  // namespace

FileWatch::FileWatch(std::function<void(bool)> on_save)
    : on_save_(std::move(on_save)),
      loop_(aio::running_loop()),
      inotify_(aio::check_syscall("inotify_init1", ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK))) {
  loop_.add_reader(inotify_.get(), [this] { read_events(); });
}

FileWatch::~FileWatch() {
  loop_.remove_reader(inotify_.get());
  if (settles_) settles_->cancel();
  if (retry_) retry_->cancel();
}

void FileWatch::watch(std::vector<fs::path> files) {
  for (const auto& [folder, path] : folders_) ::inotify_rm_watch(inotify_.get(), folder);
  folders_.clear();
  if (settles_) settles_->cancel();
  files_ = std::move(files);
  known_ = contents();
  watch_folders();
}

void FileWatch::watch_folders() {
  bool missing = false;
  for (const fs::path& file : files_) {
    const fs::path folder = file.parent_path();
    const int watched = ::inotify_add_watch(inotify_.get(), folder.c_str(), signs_of_a_save);
    if (watched == -1) {
      missing = true;
    } else {
      folders_[watched] = folder;
    }
  }
  if (retry_) retry_->cancel();
  if (missing) retry_ = loop_.call_later(look_again, [this] { watch_folders(); });
}

void FileWatch::read_events() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  const ssize_t got = ::read(inotify_.get(), buffer.data(), buffer.size());
  if (got <= 0) return;
  for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
    inotify_event event;
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const char* const name = event.len == 0 ? "" : buffer.data() + at + sizeof event;
    at += sizeof event + event.len;
    const bool lost_some = (event.mask & IN_Q_OVERFLOW) != 0;
    const bool folder_gone = (event.mask & IN_IGNORED) != 0 && folders_.erase(event.wd) == 1;
    if (folder_gone) watch_folders();
    if (lost_some || folder_gone || concerns_us(event.wd, name)) touched();
  }
}

bool FileWatch::concerns_us(int folder, const char* name) const {
  const auto known = folders_.find(folder);
  return known != folders_.end() && std::ranges::find(files_, known->second / name) != files_.end();
}

void FileWatch::touched() {
  if (settles_) settles_->cancel();
  settles_ = loop_.call_later(quiet, [this] { settled(); });
}

/// A file that is being replaced may be missing; its return is another sign.
void FileWatch::settled() {
  const bool all_there =
      std::ranges::all_of(files_, [](const fs::path& file) { return fs::exists(file); });
  if (!all_there) return;
  const std::string before = std::exchange(known_, contents());
  on_save_(known_ != before);
}

std::string FileWatch::contents() const {
  std::string all;
  for (const fs::path& file : files_) all += read_if_there(file).value_or("") + '\0';
  return all;
}

}  // namespace coach
