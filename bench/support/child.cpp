#include "support/child.hpp"

#include <cstdio>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

namespace bench {

pid_t fork_child() {
  std::fflush(nullptr);  // or the child would print it again
  const pid_t parent = getpid();
  const pid_t child = aio::check_syscall("fork", fork());
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  return 0;
}

void end_child(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

}  // namespace bench
