// Files: what epoll says of one, and how they are read and written beside the loop.

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include <unistd.h>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/files.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

namespace {

// [epoll]
void try_epoll(const aio::UniqueFd& file) {
  try {
    aio::running_loop().add_reader(file.get(), [] {});
  } catch (const std::system_error& error) {
    std::printf("epoll: %s\n", error.code().message().c_str());
  }
}
// [/epoll]

// [files]
aio::Coro<> use_files(std::filesystem::path path) {
  co_await aio::write_file(path, "one\ntwo\nthree\n");  // all of it, or nothing
  const aio::File file = co_await aio::File::open(path);
  while (const std::optional<std::string> line = co_await file.next_line()) {
    std::printf("line: %s", line->c_str());
  }
  co_await file.seek(4);
  std::printf("at 4: %s", (co_await file.read_line()).c_str());
}
// [/files]

aio::Coro<> all() {
  const auto path = std::filesystem::temp_directory_path() /
                    ("loopwright-lesson-14." + std::to_string(::getpid()));
  co_await use_files(path);
  try_epoll(aio::UniqueFd(aio::check_syscall("open", ::open(path.c_str(), O_RDONLY | O_CLOEXEC))));
  std::filesystem::remove(path);
}

}  // namespace

int main() { aio::run(all()); }
