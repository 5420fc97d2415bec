#pragma once
// Lesson 13, static_files: a folder of files, for everybody. Given.
//
// Stands on the server (13) and on threads (14): the loop never waits for a disk.
//  1. There is no way out of the folder: not by "..", however it is written, and not by a symbolic
//     link, which may lead to another place in it.
//  2. Who has a file already is told so (304), and who has a part of it gets the rest (206).
//  3. A file that becomes shorter while it is sent ends the connection, not the body.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>

#include <aio/coro.hpp>
#include <aio/support/syscall.hpp>
#include <aio/threads.hpp>
#include <http/message.hpp>
#include <http/server/router.hpp>
#include <http/server/server_request.hpp>
#include <http/static_files/conditions.hpp>
#include <http/static_files/media_types.hpp>
#include <http/static_files/opened_file.hpp>
#include <http/static_files/range.hpp>

namespace http {

/// How a folder is served.
struct StaticFilesOptions {
  StaticFilesOptions() {}
  /// The parameter of the route that names the file; empty: the whole path does.
  std::string parameter = "path";
  /// What is sent for a folder; empty: nothing is.
  std::string index = "index.html";
  /// Files and folders whose names begin with a dot are there for everybody, too.
  bool hidden = false;
  /// The header of that name, e.g. "max-age=3600"; empty: there is none.
  std::string cache_control;
};

/// Answers GET and HEAD with the files of a folder:
///
///   router.get("/files/{path...}", http::static_files("/srv/www"));
///
/// Throws std::system_error when there is no such folder, or the kernel is older than Linux 5.6.
Handler static_files(const std::filesystem::path& root,
                     StaticFilesOptions options = StaticFilesOptions());

namespace detail {

/// A folder, and how it is served.
class StaticFiles {
 public:
  StaticFiles(const std::filesystem::path& root, StaticFilesOptions options);

  aio::Coro<Response> answer(ServerRequest& request) const;

 private:
  using File = std::shared_ptr<const OpenedFile>;

  std::optional<std::string> path_of(const ServerRequest& request) const;
  aio::Coro<File> open(std::string path, std::size_t prefetch) const;
  Response send(const ServerRequest& request, const File& file, std::string_view name) const;
  static Response to_folder(const ServerRequest& request);
  static RangeChoice part_of(const ServerRequest& request, const OpenedFile& file,
                             const Validators& validators);
  static void add_body(Response& response, const File& file, const RangeChoice& choice);
  static aio::Coro<> write_part(BodyWriter body, File file, Range range);

  static constexpr std::size_t piece = 64 * 1024;

  std::shared_ptr<const aio::UniqueFd> root_;  // threads may have it longer
  StaticFilesOptions options_;
};

}  // namespace detail

// Implementation

namespace detail {

inline StaticFiles::StaticFiles(const std::filesystem::path& root, StaticFilesOptions options)
    : options_(std::move(options)) {
  const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  root_ = std::make_shared<const aio::UniqueFd>(
      aio::check_syscall("open", ::open(root.c_str(), flags)));
  const aio::UniqueFd probe(aio::check_syscall("openat2", open_beneath(root_->get(), "")));
}

/// What nobody may ask for is not even looked for.
inline bool is_servable(std::string_view path, bool hidden) {
  if (path.contains('\0')) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (name == "." || name == ".." || (!hidden && name.starts_with('.'))) return false;
    if (slash == path.npos) return true;
    if (name.empty()) return false;
    path.remove_prefix(slash + 1);
  }
}

/// The file that is asked for, below the root; nothing when there can be none.
inline std::optional<std::string> StaticFiles::path_of(const ServerRequest& request) const {
  std::string path(options_.parameter.empty() ? request.path().substr(1)
                                              : request.parameter(options_.parameter));
  if (!is_servable(path, options_.hidden)) return std::nullopt;
  if (path.empty() || path.ends_with('/')) path += options_.index;
  return path;
}

inline aio::Coro<Response> StaticFiles::answer(ServerRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    Response refusal(405, "This can only be read.\n");
    refusal.headers.add("Allow", "GET, HEAD");
    co_return refusal;
  }
  const std::optional<std::string> path = path_of(request);
  if (!path) co_return Response(404, "There is nothing here.\n");
  const bool whole = request.method == "GET" && !request.headers.contains("Range");
  const File file = co_await open(*path, whole ? piece : 0);
  if (file->kind == OpenedFile::Kind::file) co_return send(request, file, *path);
  const bool folder = file->kind == OpenedFile::Kind::folder && !path->ends_with('/');
  if (folder && !path->empty() && !options_.index.empty()) co_return to_folder(request);
  co_return Response(404, "There is nothing here.\n");
}

inline aio::Coro<StaticFiles::File> StaticFiles::open(std::string path,
                                                      std::size_t prefetch) const {
  const auto opens = [root = root_, path = std::move(path), prefetch]() -> File {
    OpenedFile opened = open_file(root->get(), path);
    if (opened.size <= prefetch) opened.content = read_part(opened.fd.get(), 0, opened.size);
    return std::make_shared<const OpenedFile>(std::move(opened));
  };
  return aio::to_thread(opens);
}

/// With a slash at its end, the links of its page lead below it. Seen from where the client is,
/// such a reference can lead to no other host.
inline Response StaticFiles::to_folder(const ServerRequest& request) {
  const std::string_view path = request.raw_path();
  std::string target = "./" + std::string(path.substr(path.rfind('/') + 1)) + "/";
  if (!request.query().empty()) target.append("?").append(request.query());
  Response response(301, "It is a folder.\n");
  response.headers.add("Location", target);
  return response;
}

inline Response StaticFiles::send(const ServerRequest& request, const File& file,
                                  std::string_view name) const {
  const Validators validators{file->tag, file->changed};
  const int verdict = check_conditions(request.headers, validators);
  if (verdict == 412) return Response(412, "It has changed.\n");
  const RangeChoice choice = part_of(request, *file, validators);
  if (choice.kind == RangeChoice::Kind::unsatisfiable && verdict != 304) {
    Response refusal(416, "The file has no such part.\n");
    refusal.headers.add("Content-Range", "bytes */" + std::to_string(file->size));
    return refusal;
  }
  Response response(verdict == 304 ? 304 : 200);
  response.headers.add("ETag", file->tag);
  response.headers.add("Last-Modified", http_date(file->changed));
  if (!options_.cache_control.empty()) {
    response.headers.add("Cache-Control", options_.cache_control);
  }
  if (verdict == 304) return response;
  response.headers.add("Content-Type", media_type_of(name));
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Accept-Ranges", "bytes");
  add_body(response, file, choice);
  return response;
}

inline RangeChoice StaticFiles::part_of(const ServerRequest& request, const OpenedFile& file,
                                        const Validators& validators) {
  const std::optional<std::string_view> wanted = request.headers.get("Range");
  if (!wanted || request.method != "GET" || !range_counts(request.headers, validators)) return {};
  return choose_range(*wanted, file.size);
}

/// A short file has been read already. Of HEAD, only the length is told.
inline void StaticFiles::add_body(Response& response, const File& file, const RangeChoice& choice) {
  Range range{0, file->size};
  if (choice.kind == RangeChoice::Kind::part) {
    range = choice.range;
    response.status = 206;
    response.headers.add("Content-Range", range.text(file->size));
  }
  response.headers.add("Content-Length", std::to_string(range.size));
  if (range.size == file->content.size()) {
    response.body = file->content;
  } else {
    response.stream = [file, range](BodyWriter body) { return write_part(body, file, range); };
  }
}

inline aio::Coro<> StaticFiles::write_part(BodyWriter body, File file, Range range) {
  while (range.size > 0) {
    const std::size_t count = std::min<std::uint64_t>(range.size, piece);
    const auto read = [file, from = range.first, count] {
      return read_part(file->fd.get(), from, count);
    };
    std::string bytes = co_await aio::to_thread(read);
    co_await body.write(std::move(bytes));
    range.first += count;
    range.size -= count;
  }
}

}  // namespace detail

inline Handler static_files(const std::filesystem::path& root, StaticFilesOptions options) {
  return [files = std::make_unique<const detail::StaticFiles>(root, std::move(options))](
             ServerRequest& request) { return files->answer(request); };
}

}  // namespace http
