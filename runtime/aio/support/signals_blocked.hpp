#pragma once
// Threads of the system's own, which run none of the program's code, handle none of its signals.

#include <signal.h>

namespace aio {

/// While it lives, no signal that comes from outside is handled by this thread, nor by the threads
/// that it starts. One that its own instructions raise is: blocked, it would end the process past
/// the handler of a program that reports its crashes.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t from_outside;
    sigfillset(&from_outside);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
      sigdelset(&from_outside, own);
    }
    ::pthread_sigmask(SIG_BLOCK, &from_outside, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace aio
