#include "support/guard.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "support/report.hpp"
#include "support/sanitized.hpp"

namespace tests {
namespace {

constexpr std::size_t handler_stack_size = 65536;
timer_t bark, bite;  // the second ends a process that holds back the first one's signal

int watchdog_signal() { return SIGRTMAX - 1; }

time_t watchdog_seconds() {
  const char* text = std::getenv("LOOPWRIGHT_WATCHDOG");
  const int seconds = text == nullptr ? 5 : std::atoi(text);
  return TESTS_SANITIZED ? 6 * seconds : seconds;
}

void limit(__rlimit_resource resource, rlim_t most) {
  rlimit now{};
  getrlimit(resource, &now);
  if (now.rlim_cur <= most) return;
  now.rlim_cur = most;
  setrlimit(resource, &now);
}

char hang_text[200];  // written beforehand: a handler of signals may not allocate

void on_hang(int) {
  report_end("hang", hang_text);
  _exit(124);
}

/// True when the faulting address is next to the stack pointer: the stack has run out.
bool stack_ran_out(const siginfo_t& info, const void* context) {
#if defined(__x86_64__)
  const auto registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  const auto top = static_cast<std::ptrdiff_t>(registers[REG_RSP]);
#elif defined(__aarch64__)
  const auto top =
      static_cast<std::ptrdiff_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.sp);
#else
  (void)context;
  return false;
#endif
  const auto distance = reinterpret_cast<std::ptrdiff_t>(info.si_addr) - top;
  return distance > -65536 && distance < 65536;
}

/// True when it was the jump that failed: to address 0, where a coroutine that has ended goes on.
bool jumped_to_null(const void* context) {
#if defined(__x86_64__)
  return static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] == 0;
#elif defined(__aarch64__)
  return static_cast<const ucontext_t*>(context)->uc_mcontext.pc == 0;
#else
  (void)context;
  return false;
#endif
}

const char* explain_segfault(const siginfo_t& info, const void* context) {
  constexpr std::uintptr_t page = 4096;
  if (jumped_to_null(context)) {
    return "It called a function at address 0: an empty function was called, or, where there are "
           "coroutines, one was resumed that has ended already.";
  }
  if (info.si_code == SEGV_MAPERR && reinterpret_cast<std::uintptr_t>(info.si_addr) < page) {
    return "Segmentation fault: it used a null pointer, or a handle that holds nothing.";
  }
  if (stack_ran_out(info, context)) {
    return "The stack ran out: a function calls itself without end, or a long chain of coroutines "
           "resumes each other by plain calls.";
  }
  return "Segmentation fault: it used memory that is not there (something that has been destroyed "
         "already?).";
}

const char* explain(int signal, const siginfo_t& info, const void* context) {
  switch (signal) {
    case SIGSEGV:
      return explain_segfault(info, context);
    case SIGBUS:
      return "Bus error: it used memory that is not there.";
    case SIGFPE:
      return "Arithmetic error: an integer was divided by zero.";
    case SIGILL:
      return "Illegal instruction: a function ended without its return statement, or, where there "
             "are coroutines, one was resumed or destroyed that does not pause (it was destroyed "
             "already, or it is running).";
    default:
      return "It was aborted, by an assertion of the standard library or of the code itself.";
  }
}

void on_crash(int signal, siginfo_t* info, void* context) {
  report_end("crash", explain(signal, *info, context));
  ::signal(signal, SIG_DFL);
  raise(signal);
}

/// An exception left a noexcept function, a destructor or a thread.
[[noreturn]] void on_terminate() {
  std::string message = "std::terminate was called.";
  try {
    if (std::current_exception()) throw;
  } catch (const std::exception& error) {
    if (report_todo(error.what())) {
      std::fprintf(stderr, "\n%s: %s\n", running_test(), error.what());
      _exit(1);
    }
    message = std::string(
                  "An exception escaped where none may (a noexcept function, a destructor, "
                  "a thread): ") +
              error.what();
  } catch (...) {
    message = "An exception that is no std::exception escaped where none may.";
  }
  report_end("crash", message.c_str());
  _exit(134);
}

void handle_crashes() {
  static char stack[handler_stack_size];
  const stack_t alternate{.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    sigaction(signal, &action, nullptr);
  }
  std::set_terminate(on_terminate);
}

timer_t make_timer(int signal) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = signal;
  timer_t timer{};
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  return timer;
}

void set_timer(timer_t timer, time_t seconds) {
  const itimerspec when{.it_interval = {}, .it_value = {seconds, 0}};
  timer_settime(timer, 0, &when, nullptr);
}

void make_watchdog() {
  std::snprintf(hang_text, sizeof hang_text,
                "It has not ended within %lld s; perhaps it never does: a loop in the code under "
                "test goes on and on, or it waits for something that does not come.",
                static_cast<long long>(watchdog_seconds()));
  struct sigaction action {};
  action.sa_handler = on_hang;
  action.sa_flags = SA_ONSTACK;
  sigaction(watchdog_signal(), &action, nullptr);
  bark = make_timer(watchdog_signal());
  bite = make_timer(SIGKILL);
}

}  // namespace

void guard_process() {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 1024);
  if (!TESTS_SANITIZED) {
    limit(RLIMIT_AS, rlim_t{4} << 30);
    handle_crashes();
  }
  make_watchdog();
}

void start_watchdog() {
  set_timer(bark, watchdog_seconds());
  set_timer(bite, watchdog_seconds() + 2);
}

void stop_watchdog() {
  set_timer(bark, 0);
  set_timer(bite, 0);
}

}  // namespace tests
