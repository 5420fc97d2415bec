#include "support/faults.hpp"

#include <algorithm>
#include <atomic>

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "support/sanitized.hpp"

namespace {

std::atomic<int> storm_signals = 0;
std::atomic<int> waits = 0;
timer_t storm_timer;
struct sigaction calm;

bool is_open(int fd) { return fcntl(fd, F_GETFD) != -1; }

int descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65536));
}

}  // namespace

namespace tests {

// Asks about each number in turn, since listing /proc/self/fd would need a descriptor.
std::size_t open_descriptors() {
  std::size_t count = 0;
  for (int fd = 0, end = descriptor_limit(); fd < end; ++fd) count += is_open(fd);
  return count;
}

SignalStorm::SignalStorm() {
  storm_signals = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { ++storm_signals; };  // without SA_RESTART: calls are interrupted
  sigaction(SIGUSR1, &action, &calm);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  timer_create(CLOCK_MONOTONIC, &event, &storm_timer);
  const itimerspec every{.it_interval = {0, 200'000}, .it_value = {0, 200'000}};
  timer_settime(storm_timer, 0, &every, nullptr);
}

SignalStorm::~SignalStorm() {
  timer_delete(storm_timer);
  // A last signal may be pending; ignoring it drops it.
  signal(SIGUSR1, SIG_IGN);
  sigaction(SIGUSR1, &calm, nullptr);
}

int SignalStorm::signals() { return storm_signals; }

// The limit is on numbers, not on a count: it stands `more` above the highest descriptor in use,
// and the gaps below are what it cannot close.
DescriptorLimit::DescriptorLimit(std::size_t more) {
  getrlimit(RLIMIT_NOFILE, &before_);
  std::size_t free = 0;
  int end = 0;
  while (free < more) free += !is_open(end++);
  while (is_open(end)) ++end;
  const rlimit low{static_cast<rlim_t>(end), before_.rlim_max};
  setrlimit(RLIMIT_NOFILE, &low);
}

DescriptorLimit::~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

bool PollCount::works() { return !TESTS_SANITIZED; }
int PollCount::so_far() { return waits; }

}  // namespace tests

#if !TESTS_SANITIZED
// These stand before the C library's functions of the same names.
extern "C" {

int epoll_pwait2(int epoll, epoll_event* events, int room, const timespec* timeout,
                 const sigset_t* mask) {
  ++waits;
  return static_cast<int>(syscall(SYS_epoll_pwait2, epoll, events, room, timeout, mask, _NSIG / 8));
}

int epoll_pwait(int epoll, epoll_event* events, int room, int timeout, const sigset_t* mask) {
  ++waits;
  return static_cast<int>(syscall(SYS_epoll_pwait, epoll, events, room, timeout, mask, _NSIG / 8));
}

int epoll_wait(int epoll, epoll_event* events, int room, int timeout) {
  return epoll_pwait(epoll, events, room, timeout, nullptr);
}
}
#endif
