#pragma once
// Ctrl-C while a loop runs: given to lesson 07, which builds run() on it.
//
//  1. The first SIGINT cancels the main task, so that everything on the way out can clean up.
//  2. The second one throws KeyboardInterrupt from the loop's next iteration.
//  3. The third one ends the process, as any SIGINT does that nobody handles.
//
// Source of 1 and 2: asyncio's Runner.

#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <aio/event_loop.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/wakeup.hpp>

namespace aio {

namespace layers {
inline constexpr const char* interrupt = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// Takes SIGINT for a loop as long as it exists: in the main thread, and where nobody else does.
class Interrupt final : public WakeListener {
 public:
  /// `cancel` is called, in the middle of a poll, for the first SIGINT.
  Interrupt(EventLoop& loop, Callback cancel);
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  bool happened() const { return heard_ > 0; }
  /// Is this the handler of an Interrupt that is no more?
  static bool has_gone(void (*handler)(int)) { return handler == on_sigint && current_ == nullptr; }
  void woken() override;

 private:
  static void on_sigint(int signal);
  static bool handled_by(void (*handler)(int));
  static void leave_to_parent();

  static inline std::atomic<Interrupt*> current_ = nullptr;
  static_assert(std::atomic<Interrupt*>::is_always_lock_free, "a signal handler reads it");

  Wakeup* wakeup_ = nullptr;  // null: it does not take the signal
  Callback cancel_;
  std::atomic<int> asked_ = 0;
  int heard_ = 0;
};

/// Throws KeyboardInterrupt. Where nobody catches it, SIGINT ends the process in its usual way.
[[noreturn, gnu::cold]] inline void throw_interrupt() {
  struct EndQuietly {
    EndQuietly() = default;
    EndQuietly(const EndQuietly&) = delete;
    EndQuietly& operator=(const EndQuietly&) = delete;
    ~EndQuietly() { std::set_terminate(former); }  // somebody catches it
    std::terminate_handler former = std::set_terminate([] {
      ::signal(SIGINT, SIG_DFL);
      ::raise(SIGINT);
      std::abort();  // it is blocked
    });
  } uncaught;
  throw KeyboardInterrupt();
}

// Implementation

inline bool Interrupt::handled_by(void (*handler)(int)) {
  struct sigaction now {};
  ::sigaction(SIGINT, nullptr, &now);
  return now.sa_handler == handler;
}

/// A child that was made by fork() does not handle the signal for its parent's loop: it ends the
/// child, or a loop of its own takes it.
inline void Interrupt::leave_to_parent() {
  current_ = nullptr;
  if (handled_by(on_sigint)) ::signal(SIGINT, SIG_DFL);
}

inline Interrupt::Interrupt(EventLoop& loop, Callback cancel) : cancel_(std::move(cancel)) {
  static const bool watched = [] {  // tried again if it throws
    if (::pthread_atfork(nullptr, nullptr, leave_to_parent) != 0) throw std::bad_alloc();
    return true;
  }();
  static_cast<void>(watched);
  if (::getpid() != ::gettid() || !handled_by(SIG_DFL)) return;
  wakeup_ = &loop.listen(*this);
  current_ = this;
  ::signal(SIGINT, on_sigint);
}

inline Interrupt::~Interrupt() {
  if (current_ != this) return;  // it did not take the signal, or a fork() lies between
  if (handled_by(on_sigint)) ::signal(SIGINT, SIG_DFL);
  current_ = nullptr;
}

inline void Interrupt::on_sigint(int signal) {
  Interrupt* const interrupt = current_;
  if (interrupt == nullptr) return;  // a handler that came after this one calls it too late
  if (++interrupt->asked_ == 2) ::signal(signal, SIG_DFL);
  interrupt->wakeup_->ask();
}

inline void Interrupt::woken() {
  const int asked = asked_;
  if (asked == heard_) return;
  heard_ = asked;
  if (asked > 1) throw_interrupt();
  cancel_();
}

}  // namespace detail
}  // namespace aio
