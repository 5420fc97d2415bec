// The calls that may fail: all allocations, and the system calls of the runtime. The linker leads
// each reference to `send` here, to `__wrap_send` (--wrap), and `__real_send` leads on to what it
// would have been without. errno is what the manual lists for the call; what it lists for a mistake
// of the caller (EBADF, EINVAL, …) is left out. EAGAIN promises an event, so the descriptor is
// reported again. Calls that fail by a mistake only do not stand here, like sigaction().

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>
#include <type_traits>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <sanitizer/asan_interface.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "support/children.hpp"
#include "support/injector.hpp"
#include "support/registrations.hpp"

namespace {

/// Does a mangled name have a part in namespace aio or http?
bool names_runtime(const char* symbol) noexcept {
  for (const char* part : {"N3aio", "NK3aio", "N4http", "NK4http"}) {
    if (std::strstr(symbol, part) != nullptr) return true;
  }
  return false;
}

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
  const bool answer = found && names_runtime(info.dli_sname);
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

/// The same for a call on `fd`.
template <int... errors>
bool fails_at(int fd, const char* call) noexcept {
  if (!fails<errors...>(call)) return false;
  if (errno == EAGAIN) tests::registrations.report_again(fd);
  return true;
}

/// Waits. If loops are rattled, everything is reported once more before a wait that brings nothing.
template <class Wait, class Limit>
int wait_rattled(int epoll, Wait wait, Limit limit) {
  if (!tests::registrations.rattles()) return wait(limit);
  static constexpr timespec at_once{};
  int count = 0;
  if constexpr (std::is_pointer_v<Limit>) {
    count = wait(&at_once);
  } else {
    count = wait(0);
  }
  if (count > 0) tests::registrations.heard();
  if (count == 0) tests::registrations.report_all_again(epoll);
  return count != 0 ? count : wait(limit);
}

/// The second for which a loop on virtual time waits for a peer: in a test it need not be so long.
const timespec* shortened(const timespec* limit) {
  static constexpr timespec enough{.tv_sec = 0, .tv_nsec = 100'000'000};
  const bool second = limit != nullptr && limit->tv_sec == 1 && limit->tv_nsec == 0;
  return second ? &enough : limit;
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

/// A test that fails halfway may leave tasks behind that use its variables. That it is the test's
/// own code which uses them shows in this: the program exports no such function.
extern "C" void __asan_on_error() {
  Dl_info info{};
  const bool here = ::dladdr(__asan_get_report_pc(), &info) != 0;
  if (here && info.dli_sname == nullptr) ::_exit(tests::own_fault);
}

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

/// The same for a call that begins with a descriptor, and may fail with EAGAIN.
#define INJECTED_AT(result, name, parameters, arguments, ...)                             \
  result __real_##name parameters;                                                        \
  result __wrap_##name parameters {                                                       \
    return is_of_runtime(__builtin_return_address(0)) && fails_at<__VA_ARGS__>(fd, #name) \
               ? -1                                                                       \
               : __real_##name arguments;                                                 \
  }                                                                                       \
  static_assert(true)

extern "C" {

INJECTED(int, epoll_create1, (int flags), (flags), EMFILE, ENFILE, ENOMEM);
INJECTED(int, eventfd, (unsigned count, int flags), (count, flags), EMFILE, ENFILE, ENODEV, ENOMEM);
INJECTED(int, socket, (int family, int type, int protocol), (family, type, protocol), EMFILE,
         ENFILE, ENOBUFS, ENOMEM, EAFNOSUPPORT, EACCES);
INJECTED(int, bind, (int fd, const sockaddr* address, socklen_t length), (fd, address, length),
         EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOMEM, ENOSPC, EROFS);
INJECTED(int, listen, (int fd, int backlog), (fd, backlog), EADDRINUSE, ENOBUFS);
INJECTED_AT(int, accept4, (int fd, sockaddr* address, socklen_t* length, int flags),
            (fd, address, length, flags), EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EPROTO,
            EPERM, EHOSTUNREACH, EINTR, EAGAIN);
INJECTED_AT(ssize_t, recv, (int fd, void* room, std::size_t size, int flags),
            (fd, room, size, flags), ECONNRESET, ETIMEDOUT, ENOMEM, EINTR, EAGAIN);
INJECTED_AT(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags),
            ECONNRESET, ENOMEM, EINTR, EAGAIN);
INJECTED_AT(ssize_t, send, (int fd, const void* bytes, std::size_t size, int flags),
            (fd, bytes, size, flags), EPIPE, ECONNRESET, ENOBUFS, ENOMEM, EINTR, EAGAIN);
INJECTED(int, shutdown, (int fd, int how), (fd, how), ENOTCONN);
INJECTED(int, getsockname, (int fd, sockaddr* address, socklen_t* length), (fd, address, length),
         ENOBUFS);
INJECTED(int, getsockopt, (int fd, int level, int name, void* value, socklen_t* length),
         (fd, level, name, value, length), ENOBUFS);
INJECTED(int, setsockopt, (int fd, int level, int name, const void* value, socklen_t length),
         (fd, level, name, value, length), ENOMEM, ENOPROTOOPT);
INJECTED(int, stat, (const char* path, struct stat* found), (path, found), ENOENT, EACCES, ENOMEM);
INJECTED(int, fstat, (int fd, struct stat* found), (fd, found), ENOMEM);
INJECTED(int, unlink, (const char* path), (path), EROFS, EACCES, ENOMEM);
INJECTED(int, open, (const char* path, int flags, mode_t mode), (path, flags, mode), EMFILE, ENFILE,
         ENOMEM, EACCES, EINTR);
INJECTED(ssize_t, pread, (int fd, void* room, std::size_t size, off_t from), (fd, room, size, from),
         EIO, EINTR);

INJECTED(ssize_t, pwrite, (int fd, const void* bytes, std::size_t size, off_t from),
         (fd, bytes, size, from), ENOSPC, EDQUOT, EIO, EINTR);
INJECTED(int, ftruncate, (int fd, off_t size), (fd, size), EIO, EINTR);
INJECTED(int, fdatasync, (int fd), (fd), EIO, ENOSPC, EINTR);
INJECTED(int, pipe2, (int* ends, int flags), (ends, flags), EMFILE, ENFILE);
INJECTED(int, socketpair, (int family, int type, int protocol, int* ends),
         (family, type, protocol, ends), EMFILE, ENFILE, ENOBUFS, ENOMEM);
INJECTED_AT(ssize_t, read, (int fd, void* room, std::size_t size), (fd, room, size), EIO, EINTR,
            EAGAIN);

/// Eight bytes wake a loop: an eventfd takes them always.
ssize_t __real_write(int fd, const void* bytes, std::size_t size);
ssize_t __wrap_write(int fd, const void* bytes, std::size_t size) {
  const bool ours = size != sizeof(std::uint64_t) && is_of_runtime(__builtin_return_address(0));
  if (ours && fails_at<EPIPE, EIO, EINTR, EAGAIN>(fd, "write")) return -1;
  return __real_write(fd, bytes, size);
}

/// It tells its error, like posix_spawn().
int __real_posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                       const posix_spawnattr_t* attributes, char* const* words, char* const* names);
int __wrap_posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                       const posix_spawnattr_t* attributes, char* const* words,
                       char* const* names) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  if (ours && fails<EAGAIN, ENOMEM, ENOENT>("posix_spawn")) return errno;
  const int error = __real_posix_spawn(pid, path, actions, attributes, words, names);
  if (ours && error == 0) tests::children.note(*pid);
  return error;
}

/// Only what makes a descriptor can fail.
int __real_fcntl(int fd, int what, long argument);
int __wrap_fcntl(int fd, int what, long argument) {
  const bool ours = what == F_DUPFD_CLOEXEC && is_of_runtime(__builtin_return_address(0));
  return ours && fails<EMFILE>("fcntl") ? -1 : __real_fcntl(fd, what, argument);
}

/// An interrupted connect() goes on by itself.
int __real_connect(int fd, const sockaddr* address, socklen_t length);
int __wrap_connect(int fd, const sockaddr* address, socklen_t length) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  if (!ours || !fails_at<ECONNREFUSED, ENETUNREACH, ETIMEDOUT, EADDRNOTAVAIL, EACCES, ENOBUFS,
                         EAGAIN, EINTR>(fd, "connect")) {
    return __real_connect(fd, address, length);
  }
  if (errno == EINTR) __real_connect(fd, address, length), errno = EINTR;
  return -1;
}

/// Only what adds can fail.
int __real_epoll_ctl(int epoll, int what, int fd, epoll_event* event);
int __wrap_epoll_ctl(int epoll, int what, int fd, epoll_event* event) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  if (ours && what == EPOLL_CTL_ADD && fails<ENOMEM, ENOSPC>("epoll_ctl")) return -1;
  const int result = __real_epoll_ctl(epoll, what, fd, event);
  if (ours && result == 0) tests::registrations.note(epoll, what, fd, event);
  return result;
}

int __real_epoll_pwait2(int epoll, epoll_event* events, int room, const timespec* limit,
                        const sigset_t* mask);
int __wrap_epoll_pwait2(int epoll, epoll_event* events, int room, const timespec* limit,
                        const sigset_t* mask) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  if (ours && fails<EINTR, ENOSYS, EPERM>("epoll_pwait2")) return -1;
  const auto wait = [=](const timespec* most) {
    return __real_epoll_pwait2(epoll, events, room, most, mask);
  };
  return ours ? wait_rattled(epoll, wait, shortened(limit)) : wait(limit);
}

int __real_epoll_wait(int epoll, epoll_event* events, int room, int limit);
int __wrap_epoll_wait(int epoll, epoll_event* events, int room, int limit) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  if (ours && fails<EINTR>("epoll_wait")) return -1;
  const auto wait = [=](int most) { return __real_epoll_wait(epoll, events, room, most); };
  return ours ? wait_rattled(epoll, wait, limit == 1000 ? 100 : limit) : wait(limit);
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
  static constexpr std::array ways{EAI_MEMORY, EAI_AGAIN, EAI_FAIL, EAI_SYSTEM};
  const int error = tests::injector.failure("getaddrinfo", ways);
  if (error == EAI_SYSTEM) errno = EMFILE;
  return error != 0 ? error : __real_getaddrinfo(host, port, hints, all);
}

/// What the C library has no function for: opening a file below a folder, and pidfds.
long __real_syscall(long number, long, long, long, long, long, long);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  const bool opens = ours && number == SYS_openat2, watches = ours && number == SYS_pidfd_open;
  if (opens && fails<EMFILE, ENFILE, ENOMEM, ENOSYS, EINTR, EAGAIN>("openat2")) return -1;
  if (watches && fails<EMFILE, ENFILE, ENOMEM, ENOSYS>("pidfd_open")) return -1;
  return __real_syscall(number, a, b, c, d, e, f);
}

void* __real_mmap(void* at, std::size_t size, int protection, int flags, int fd, off_t from);
void* __wrap_mmap(void* at, std::size_t size, int protection, int flags, int fd, off_t from) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  if (ours && fails<ENOMEM>("mmap")) return MAP_FAILED;
  return __real_mmap(at, size, protection, flags, fd, from);
}

unsigned __real_if_nametoindex(const char* name);
unsigned __wrap_if_nametoindex(const char* name) {
  const bool ours = is_of_runtime(__builtin_return_address(0));
  return ours && fails<EMFILE, ENODEV>("if_nametoindex") ? 0 : __real_if_nametoindex(name);
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
