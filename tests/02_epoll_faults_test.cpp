// Lesson 02: a kernel or a sandbox without epoll_pwait2().

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/poller.hpp>
#include <aio/support/syscall.hpp>

#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Interest, aio::Poller, aio::UniqueFd;

const auto compiled = tests::compiled_from(aio::layers::poller);

/// While it lives, it is known that epoll_pwait2() cannot be had.
class WithoutPwait2 {
 public:
  WithoutPwait2() { aio::detail::has_epoll_pwait2 = false; }
  WithoutPwait2(const WithoutPwait2&) = delete;
  WithoutPwait2& operator=(const WithoutPwait2&) = delete;
  ~WithoutPwait2() { aio::detail::has_epoll_pwait2 = true; }
};

TEST(Poller_OldKernel, StillReportsWhatIsReady) {
  const WithoutPwait2 old_kernel;
  Poller poller;
  const UniqueFd ready(::eventfd(1, EFD_CLOEXEC));
  poller.watch(ready.get(), Interest::read, &poller);
  for (const auto& timeout : {std::optional<std::chrono::nanoseconds>(), {0ns}, {1h}, {-1ns}}) {
    const auto events = poller.wait(timeout);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events.front().readable);
  }
}

TEST(Poller_OldKernel, SleepsNoTooShortTime) {
  const WithoutPwait2 old_kernel;
  Poller poller;
  using std::chrono::steady_clock;
  for (const auto timeout : {1ns, 999'999ns, 1'000'000ns, 1'000'001ns}) {
    const auto start = steady_clock::now();
    EXPECT_TRUE(poller.wait(timeout).empty());
    EXPECT_GE(steady_clock::now() - start, timeout);
  }
  EXPECT_TRUE(poller.wait(0ns).empty());
}

/// From now on epoll_pwait2() fails in this process. Returns false where that cannot be arranged.
bool forbid_epoll_pwait2(unsigned error) {
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_pwait2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = 4, .filter = rules};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// In a child of this process: 0 when the poller works in such a sandbox.
int status_in_sandbox(unsigned error) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!forbid_epoll_pwait2(error)) ::_exit(77);
    Poller poller;
    const UniqueFd ready(::eventfd(1, EFD_CLOEXEC));
    const bool slept = poller.wait(1ms).empty();
    poller.watch(ready.get(), Interest::read, &poller);
    const bool woke = poller.wait(std::nullopt).size() == 1;
    ::_exit(slept && woke && !aio::detail::has_epoll_pwait2 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Poller_OldKernel, IsFoundOutByTheFirstCall) {
  for (const unsigned error : {unsigned{ENOSYS}, unsigned{EPERM}}) {
    const int status = status_in_sandbox(error);
    if (status == 77) GTEST_SKIP() << "no seccomp here";
    EXPECT_EQ(status, 0) << error;
  }
}

TEST(Poller_OldKernel, IsNotConcludedFromAnotherError) {
  const timespec at_once{};
  epoll_event event{};
  EXPECT_EQ(aio::detail::sleep_in_kernel(-1, &event, 1, &at_once), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_TRUE(aio::detail::has_epoll_pwait2);
}

}  // namespace
