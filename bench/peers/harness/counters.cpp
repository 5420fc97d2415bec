// Counts what a program asks of the allocator and of the kernel. Preloaded (LD_PRELOAD) into a
// peer's program when it is counted and not timed; the figures lie in the file that
// LOOPWRIGHT_COUNTERS names, where whoever compares reads them while the program runs.

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

struct Counters {
  std::atomic<std::uint64_t> allocations, live_bytes, peak_bytes, calls;
};

Counters unseen;  // until the file is there, and when there is none
std::atomic<Counters*> counters = &unseen;

void open_file() {
  const char* name = std::getenv("LOOPWRIGHT_COUNTERS");
  if (name == nullptr) return;
  const int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd == -1 || ftruncate(fd, sizeof(Counters)) == -1) return;
  void* shared = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (shared == MAP_FAILED) return;
  auto& seen = *static_cast<Counters*>(shared);
  seen.allocations = unseen.allocations.load();  // before the program began
  seen.live_bytes = unseen.live_bytes.load();
  seen.peak_bytes = unseen.peak_bytes.load();
  counters = &seen;
}

[[gnu::constructor]] void begin() { open_file(); }

/// What a block takes, with the word that the C library keeps before it.
std::uint64_t size_of(void* block) { return malloc_usable_size(block) + sizeof(std::size_t); }

void* count_in(void* block) {
  if (block == nullptr) return block;
  Counters& now = *counters;
  ++now.allocations;
  const std::uint64_t live = now.live_bytes += size_of(block);
  if (live > now.peak_bytes) now.peak_bytes = live;
  return block;
}

void count_out(void* block) {
  if (block != nullptr) counters.load()->live_bytes -= size_of(block);
}

/// The function of this name that would be called if this one did not stand before it.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

// ── the allocator ──

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) { return count_in(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return count_in(__libc_calloc(count, size)); }
void* realloc(void* block, std::size_t size) {
  count_out(block);
  return count_in(__libc_realloc(block, size));
}
void* memalign(std::size_t alignment, std::size_t size) {
  return count_in(__libc_memalign(alignment, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
void free(void* block) {
  count_out(block);
  __libc_free(block);
}

// ── the kernel: what an event loop calls ──

#define COUNTED(result, name, parameters, arguments)           \
  result name parameters {                                     \
    static auto* const first = next<result parameters>(#name); \
    ++counters.load()->calls;                                  \
    return first arguments;                                    \
  }

COUNTED(ssize_t, read, (int fd, void* to, std::size_t size), (fd, to, size))
COUNTED(ssize_t, readv, (int fd, const iovec* parts, int count), (fd, parts, count))
COUNTED(ssize_t, write, (int fd, const void* from, std::size_t size), (fd, from, size))
COUNTED(ssize_t, writev, (int fd, const iovec* parts, int count), (fd, parts, count))
COUNTED(ssize_t, recv, (int fd, void* to, std::size_t size, int flags), (fd, to, size, flags))
COUNTED(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags))
COUNTED(ssize_t, recvfrom,
        (int fd, void* to, std::size_t size, int flags, sockaddr* who, socklen_t* length),
        (fd, to, size, flags, who, length))
COUNTED(ssize_t, send, (int fd, const void* from, std::size_t size, int flags),
        (fd, from, size, flags))
COUNTED(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags))
COUNTED(ssize_t, sendto,
        (int fd, const void* from, std::size_t size, int flags, const sockaddr* who,
         socklen_t length),
        (fd, from, size, flags, who, length))
COUNTED(int, poll, (pollfd * all, nfds_t count, int timeout), (all, count, timeout))
COUNTED(int, epoll_wait, (int fd, epoll_event* events, int most, int timeout),
        (fd, events, most, timeout))
COUNTED(int, epoll_pwait,
        (int fd, epoll_event* events, int most, int timeout, const sigset_t* signals),
        (fd, events, most, timeout, signals))
COUNTED(int, epoll_pwait2,
        (int fd, epoll_event* events, int most, const timespec* timeout, const sigset_t* signals),
        (fd, events, most, timeout, signals))

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  static auto* const first = next<int(int, int, int, epoll_event*)>("epoll_ctl");
  ++counters.load()->calls;
  return first(epoll, operation, fd, event);
}
int timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) noexcept {
  static auto* const first = next<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  ++counters.load()->calls;
  return first(fd, flags, value, old);
}

}  // extern "C"
