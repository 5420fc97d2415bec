// The calls that may fail: all allocations, and the system calls of the runtime. The linker leads
// each reference to `send` here, to `__wrap_send` (--wrap), and `__real_send` leads on to what it
// would have been without. errno is what the manual lists for the call; what it lists for a mistake
// of the caller (EBADF, EINVAL, …) is left out, and so are EAGAIN and EINPROGRESS, which promise an
// event that would have to follow.

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

#include <dlfcn.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "support/injector.hpp"

namespace {

/// Whether the function at this address is the runtime's: the tests' own calls do not fail.
/// Functions of the runtime are exported by the program, those of the tests are not.
bool is_of_runtime(const void* address) noexcept {
  struct Known {
    std::atomic<const void*> address = nullptr;
    std::atomic<bool> answer = false;
  };
  static std::array<Known, 4096> all;
  Known& known = all[reinterpret_cast<std::uintptr_t>(address) % all.size()];
  if (known.address == address) return known.answer;
  Dl_info info{};
  const bool found = ::dladdr(address, &info) != 0 && info.dli_sname != nullptr;
  const bool answer = found && std::strstr(info.dli_sname, "N3aio") != nullptr;
  known.answer = answer;
  known.address = address;
  return answer;
}

/// Whether the call fails now; errno says why.
template <int... errors>
bool fails(const char* call) noexcept {
  static constexpr std::array ways{errors...};
  const int error = tests::injector.failure(call, ways);
  if (error != 0) errno = error;
  return error != 0;
}

/// The threads of a test would end the program, since nobody catches there; the runtime's own
/// hardly allocate.
bool memory_fails() noexcept {
  return tests::injector.begun_here() && fails<ENOMEM>("operator new");
}

void* allocate(std::size_t size) {
  if (memory_fails()) throw std::bad_alloc();
  if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}

}  // namespace

// The array and nothrow forms of the standard library end up in these.
void* operator new(std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  if (memory_fails()) throw std::bad_alloc();
  void* block = nullptr;
  if (::posix_memalign(&block, static_cast<std::size_t>(alignment), size) == 0) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }

// A name, its parameters, how it is called, and how it fails.
#define INJECTED(result, name, parameters, arguments, ...)                         \
  result __real_##name parameters;                                                 \
  result __wrap_##name parameters {                                                \
    return is_of_runtime(__builtin_return_address(0)) && fails<__VA_ARGS__>(#name) \
               ? -1                                                                \
               : __real_##name arguments;                                          \
  }                                                                                \
  static_assert(true)

extern "C" {

INJECTED(int, epoll_create1, (int flags), (flags), EMFILE, ENFILE, ENOMEM);
INJECTED(int, eventfd, (unsigned count, int flags), (count, flags), EMFILE, ENFILE, ENOMEM);
INJECTED(int, epoll_pwait2,
         (int epoll, epoll_event* events, int room, const timespec* limit, const sigset_t* mask),
         (epoll, events, room, limit, mask), EINTR, ENOSYS, EPERM);
INJECTED(int, epoll_wait, (int epoll, epoll_event* events, int room, int limit),
         (epoll, events, room, limit), EINTR);
INJECTED(int, socket, (int family, int type, int protocol), (family, type, protocol), EMFILE,
         ENFILE, ENOBUFS, ENOMEM, EAFNOSUPPORT, EACCES);
INJECTED(int, bind, (int fd, const sockaddr* address, socklen_t length), (fd, address, length),
         EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOMEM, ENOSPC, EROFS);
INJECTED(int, listen, (int fd, int backlog), (fd, backlog), EADDRINUSE, ENOBUFS);
INJECTED(int, connect, (int fd, const sockaddr* address, socklen_t length), (fd, address, length),
         ECONNREFUSED, ENETUNREACH, ETIMEDOUT, EADDRNOTAVAIL, EACCES, ENOBUFS);
INJECTED(int, accept4, (int fd, sockaddr* address, socklen_t* length, int flags),
         (fd, address, length, flags), EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EPROTO, EPERM,
         EINTR);
INJECTED(ssize_t, recv, (int fd, void* room, std::size_t size, int flags), (fd, room, size, flags),
         ECONNRESET, ETIMEDOUT, ENOMEM, EINTR);
INJECTED(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags), ECONNRESET,
         ENOMEM, EINTR);
INJECTED(ssize_t, send, (int fd, const void* bytes, std::size_t size, int flags),
         (fd, bytes, size, flags), EPIPE, ECONNRESET, ENOBUFS, ENOMEM, EINTR);
INJECTED(int, shutdown, (int fd, int how), (fd, how), ENOTCONN);
INJECTED(int, getsockname, (int fd, sockaddr* address, socklen_t* length), (fd, address, length),
         ENOBUFS);
INJECTED(int, getsockopt, (int fd, int level, int name, void* value, socklen_t* length),
         (fd, level, name, value, length), ENOBUFS);
INJECTED(int, setsockopt, (int fd, int level, int name, const void* value, socklen_t length),
         (fd, level, name, value, length), ENOMEM, ENOPROTOOPT);
INJECTED(int, stat, (const char* path, struct stat* found), (path, found), ENOENT, EACCES, ENOMEM);
INJECTED(int, unlink, (const char* path), (path), EROFS, EACCES, ENOMEM);

/// Only what adds can fail.
int __real_epoll_ctl(int epoll, int what, int fd, epoll_event* event);
int __wrap_epoll_ctl(int epoll, int what, int fd, epoll_event* event) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  if (ours && what == EPOLL_CTL_ADD && fails<ENOMEM, ENOSPC>("epoll_ctl")) return -1;
  return __real_epoll_ctl(epoll, what, fd, event);
}

/// The descriptor is closed, whatever close() says.
int __real_close(int fd);
int __wrap_close(int fd) {
  const int result = __real_close(fd);
  const bool ours = is_of_runtime(__builtin_return_address(0));
  return ours && fails<EIO, ENOSPC, EINTR>("close") ? -1 : result;
}

int __real_getaddrinfo(const char* host, const char* port, const addrinfo* hints, addrinfo** all);
int __wrap_getaddrinfo(const char* host, const char* port, const addrinfo* hints, addrinfo** all) {
  static constexpr std::array ways{EAI_MEMORY, EAI_AGAIN, EAI_FAIL};
  const int error = tests::injector.failure("getaddrinfo", ways);
  return error != 0 ? error : __real_getaddrinfo(host, port, hints, all);
}

/// std::thread starts here, with a state that it owns.
#define START_THREAD(prefix) \
  prefix##_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE
void START_THREAD(__real_)(void* thread, void* state, void (*depend)());
void START_THREAD(__wrap_)(void* thread, void* state, void (*depend)()) {
  if (fails<EAGAIN>("pthread_create")) {
    throw std::system_error(EAGAIN, std::generic_category(), "pthread_create");
  }
  START_THREAD(__real_)(thread, state, depend);
}
}
