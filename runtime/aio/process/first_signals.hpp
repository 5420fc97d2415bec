#pragma once
// The signals as this process found them when it began. Children are started with them, whatever
// the program, or the runtime, has blocked or ignored since.

#include <signal.h>

namespace aio::detail {

struct FirstSignals {
  FirstSignals() {
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    struct sigaction pipe {};
    ::sigaction(SIGPIPE, nullptr, &pipe);
    ignores_pipe = (pipe.sa_flags & SA_SIGINFO) == 0 && pipe.sa_handler == SIG_IGN;
  }

  sigset_t mask{};
  bool ignores_pipe = false;  // whoever has started us wants it so, e.g. nohup
};

/// Read before main().
inline const FirstSignals first_signals;

}  // namespace aio::detail
