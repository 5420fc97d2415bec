// openat2(), for which the C library has no function yet, only the kernel's own header.

#include <http/static_files/opened_file.hpp>

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace http::detail {

int open_beneath(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;  // a pipe does not make us wait
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const char* const name = path.empty() ? "." : path.c_str();
  constexpr int enough = 100;  // EAGAIN: a folder was moved meanwhile
  for (int attempt = 1;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, root, name, &how, sizeof how);
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN) || attempt == enough) {
      return static_cast<int>(fd);
    }
  }
}

}  // namespace http::detail
