#pragma once
// Lesson 14, files: reading and writing them off the loop, which a slow disk would stop.
//
// Stands on threads (14) and on the lock (10). The kernel always calls a file ready, so epoll
// cannot wait for one; a thread can.
//  1. Each operation is a job of the loop's threads. What fails throws std::system_error, which
//     names the file: a full disk (ENOSPC), a folder that has gone (ENOENT).
//  2. One operation at a time for each File, in the order of the calls, also when one that has
//  begun
//     is cancelled: the next one begins when it has ended.
//  3. The position is the loop's, and moves when an operation has succeeded. One that was cancelled
//     or has failed leaves it where it was: no byte is skipped.
//  4. A job costs some microseconds. What the kernel has in memory is read in fewer: a thread for
//     each small read is slower than the read. Files are read in pieces of 64 KiB.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>

#include <aio/files/system_file.hpp>
#include <aio/lock.hpp>
#include <aio/support/c_string.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

namespace aio {

namespace layers {
inline constexpr const char* files = __FILE__;  // which copy was compiled; the tests print it
}

/// All of a file. Cancelled: nothing is lost.
Coro<std::string> read_file(std::filesystem::path path);

/// What write_file() promises about the moment after.
enum class Durable : bool {
  no,   // whoever opens the file sees it; a power failure may take it back
  yes,  // it is on the disk: takes as long as the disk does
};

/// Replaces a file as a whole, or makes it: whoever opens it finds the old content or the new one,
/// never a part. A new file beside it takes its place at the end, with its owner and mode; if that
/// fails, the old one is as it was. Throws std::system_error: EOPNOTSUPP for what is no regular
/// file. Cancelled before it has begun: nothing happens; later: it is replaced.
Coro<> write_file(std::filesystem::path path, std::string data, Durable durable = Durable::no);

/// What a file is opened for.
enum class FileMode : std::uint8_t {
  read,    // it must be there
  write,   // made, or emptied
  append,  // made if need be; every write goes to its end
  update,  // to read and write; it must be there
  create,  // to read and write; it must not be there
};

namespace detail {

/// An open file on the loop: the position, what was read ahead, and the jobs that it has.
class FileState : public RefCounted {
 public:
  FileState(std::shared_ptr<SystemFile> file, Executor executor, FileMode mode)
      : file_(std::move(file)),
        jobs_(std::make_shared<Strand>(std::move(executor))),
        appends_(mode == FileMode::append) {}
  virtual ~FileState() = default;

  /// Calls it with the file, on a thread, when what was called before has ended.
  template <class Call, class... Args>
  auto on_thread(Call call, Args... args);
  /// Throws InvalidStateError.
  void check_open() const {
    if (!is_open()) throw InvalidStateError("this file is closed");
  }
  bool is_open() const { return file_ != nullptr; }
  /// Nobody can begin anything with it any more.
  void give_up() { file_ = nullptr; }
  bool appends() const { return appends_; }

  /// What is known of the file from the position on.
  std::string_view ahead() const;
  void keep(std::string chunk);
  void forget_ahead() { ahead_.clear(); }
  std::string take(std::size_t count);

  Lock turn;
  std::uint64_t position = 0;

 private:
  std::shared_ptr<SystemFile> file_;  // null: closed
  const std::shared_ptr<Strand> jobs_;
  const bool appends_;
  std::string ahead_;             // what was read ahead,
  std::uint64_t ahead_from_ = 0;  // and where that begins
};

}  // namespace detail

/// An open file. Move-only; destroyed without close(), it is closed, and an error of that is lost.
/// Its members throw std::system_error, and InvalidStateError when it is closed or was moved from.
/// They take their turns; cancelled, they leave the position where it was.
class File {
 public:
  static constexpr std::size_t npos = std::string::npos;

  /// Cancelled: a file that was made or emptied stays so.
  static Coro<File> open(std::filesystem::path path, FileMode mode = FileMode::read);
  explicit File(Ref<detail::FileState> state) : state_(std::move(state)) {}
  File(File&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  File& operator=(File&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~File() = default;

  /// So many bytes from the position on, fewer at the end; without a number everything. Empty at
  /// the end.
  Coro<std::string> read(std::size_t at_most = npos) const { return read(ref(), at_most); }
  /// Up to and including '\n'; at the end the rest, then empty. However long it is.
  Coro<std::string> read_line() const { return read_line(ref()); }
  /// The next line as read_line() gives it; nothing at the end.
  Coro<std::optional<std::string>> next_line() const { return next_line(ref()); }

  /// Gives it to the kernel, all of it, at the position or at the end. When it fails, or is
  /// cancelled, a part may have been written.
  Coro<> write(std::string data) const { return write(ref(), std::move(data)); }
  /// Waits until the disk has what was written.
  Coro<> flush() const { return flush(ref()); }
  /// Cuts it, or fills it up with zeros. The position stays.
  Coro<> truncate(std::uint64_t size) const { return truncate(ref(), size); }

  /// Where the next operation is to begin, counted from the beginning of the file.
  Coro<> seek(std::uint64_t position) const { return seek(ref(), position); }
  std::uint64_t position() const { return ref()->position; }
  Coro<std::uint64_t> size() const { return size(ref()); }

  /// Waits for what was called before. Idempotent. Throws what the kernel has kept for the end.
  Coro<> close() const { return close(ref()); }

 private:
  using State = Ref<detail::FileState>;

  const State& ref() const {
    if (!state_) throw InvalidStateError("this File is empty: it was moved from");
    return state_;
  }
  static Coro<std::string> read(State file, std::size_t at_most);
  static Coro<std::string> read_line(State file);
  static Coro<std::optional<std::string>> next_line(State file);
  static Coro<> write(State file, std::string data);
  static Coro<> flush(State file);
  static Coro<> truncate(State file, std::uint64_t size);
  static Coro<> seek(State file, std::uint64_t position);
  static Coro<std::uint64_t> size(State file);
  static Coro<> close(State file);

  State state_;
};

// Implementation

namespace detail {

// ── on a thread; each has its share of the file, which goes when the job has ended ──

using SharedFile = std::shared_ptr<SystemFile>;

inline SharedFile open_file(const std::string& path, int flags) {
  return std::make_shared<SystemFile>(path, flags);
}
inline std::string read_at(const SharedFile& file, std::uint64_t offset, std::size_t most) {
  return file->read_at(offset, most);
}
/// Returns where it ends.
inline std::uint64_t write_at(const SharedFile& file, std::uint64_t offset, const std::string& data,
                              bool appends) {
  file->write_at(offset, data);
  return appends ? file->size() : offset + data.size();
}

// ── on the loop ──

inline std::string path_text(const std::filesystem::path& path) {
  return c_string(path.native(), "the path of a file");
}

inline int flags_of(FileMode mode) {
  switch (mode) {
    case FileMode::write:
      return O_WRONLY | O_CREAT | O_TRUNC;
    case FileMode::append:
      return O_WRONLY | O_CREAT | O_APPEND;
    case FileMode::update:
      return O_RDWR;
    case FileMode::create:
      return O_RDWR | O_CREAT | O_EXCL;
    default:
      return O_RDONLY;
  }
}

template <class Call, class... Args>
auto FileState::on_thread(Call call, Args... args) {
  check_open();
  return call_on<StrandThreads, Call, SharedFile, Args...>(StrandThreads(jobs_), call, file_,
                                                           std::move(args)...);
}

inline std::string_view FileState::ahead() const {
  const std::uint64_t end = ahead_from_ + ahead_.size();
  if (position < ahead_from_ || position >= end) return {};
  return std::string_view(ahead_).substr(static_cast<std::size_t>(position - ahead_from_));
}

/// Puts a chunk behind what is known ahead. What has been read already goes.
inline void FileState::keep(std::string chunk) {
  const std::size_t known = ahead().size();
  ahead_.erase(0, ahead_.size() - known);
  ahead_from_ = position;
  ahead_ += chunk;
}

/// The next bytes of those that are known ahead. REQUIRES: there are as many.
inline std::string FileState::take(std::size_t count) {
  std::string taken(ahead().substr(0, count));
  position += count;
  return taken;
}

}  // namespace detail

inline Coro<std::string> read_file(std::filesystem::path path) {
  return to_thread(&detail::read_whole_file, detail::path_text(path));
}

inline Coro<> write_file(std::filesystem::path path, std::string data, Durable durable) {
  return to_thread(&detail::replace_file, detail::path_text(path), std::move(data),
                   durable == Durable::yes);
}

inline Coro<File> File::open(std::filesystem::path path, FileMode mode) {
  std::shared_ptr<detail::SystemFile> file =
      co_await to_thread(&detail::open_file, detail::path_text(path), detail::flags_of(mode));
  const Executor& executor = running_loop().attachment<detail::DefaultExecutor>().current();
  co_return File(Ref(new detail::FileState(std::move(file), executor, mode)));
}

inline Coro<std::string> File::read(State file, std::size_t at_most) {
  const auto turn = co_await file->turn.scoped();
  file->check_open();
  std::string data(file->ahead().substr(0, at_most));
  if (data.size() < at_most) {
    data += co_await file->on_thread(&detail::read_at, file->position + data.size(),
                                     at_most - data.size());
  }
  file->position += data.size();
  co_return data;
}

inline Coro<std::string> File::read_line(State file) {
  constexpr std::size_t piece = 64 * 1024;
  const auto turn = co_await file->turn.scoped();
  file->check_open();
  for (std::size_t searched = 0;;) {
    const std::string_view ahead = file->ahead();
    const std::size_t end = ahead.find('\n', searched);
    if (end != ahead.npos) co_return file->take(end + 1);
    searched = ahead.size();
    std::string chunk =
        co_await file->on_thread(&detail::read_at, file->position + searched, piece);
    if (chunk.empty()) co_return file->take(searched);
    file->keep(std::move(chunk));
  }
}

inline Coro<std::optional<std::string>> File::next_line(State file) {
  std::string line = co_await read_line(std::move(file));
  if (line.empty()) co_return std::nullopt;
  co_return line;
}

inline Coro<> File::write(State file, std::string data) {
  const auto turn = co_await file->turn.scoped();
  file->forget_ahead();
  file->position =
      co_await file->on_thread(&detail::write_at, file->position, std::move(data), file->appends());
}

inline Coro<> File::flush(State file) {
  const auto turn = co_await file->turn.scoped();
  co_await file->on_thread([](const detail::SharedFile& system) { system->sync(); });
}

inline Coro<> File::truncate(State file, std::uint64_t size) {
  const auto turn = co_await file->turn.scoped();
  file->forget_ahead();
  co_await file->on_thread(
      [](const detail::SharedFile& system, std::uint64_t to) { system->truncate(to); }, size);
}

inline Coro<> File::seek(State file, std::uint64_t position) {
  const auto turn = co_await file->turn.scoped();
  file->check_open();
  file->position = position;
}

inline Coro<std::uint64_t> File::size(State file) {
  const auto turn = co_await file->turn.scoped();
  co_return co_await file->on_thread(
      [](const detail::SharedFile& system) { return system->size(); });
}

inline Coro<> File::close(State file) {
  const auto turn = co_await file->turn.scoped();
  if (!file->is_open()) co_return;
  auto closing = file->on_thread([](const detail::SharedFile& system) { system->close(); });
  file->give_up();
  co_await std::move(closing);
}

}  // namespace aio
