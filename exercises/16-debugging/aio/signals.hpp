#pragma once
// Your layer of lesson 16. Check it with: ./learn check 16
// Lesson 16, signals: what the kernel, a terminal or another process tells this one.
//
// Stands on events (10).
//  11. A signal handler of the system may do almost nothing. So ours only counts, and wakes the
//      loop; what you give runs there, as any callback does, once for each time that it came.
//  12. In the loop of the main thread only. A signal belongs to one loop at a time.
//  13. What nobody wants any more is given back: what handled it before handles it again.
//  14. A loop that is closed gives its signals back, and a child that was made by fork() has none.

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <aio/event.hpp>
#include <aio/event_loop.hpp>
#include <aio/interrupt.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/syscall.hpp>
#include <aio/support/wakeup.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* signals = __FILE__;  // which copy was compiled; the tests print it
}

/// Calls `handler` on the loop, again each time the signal comes. Takes the place of the handler
/// that the signal had. For SIGINT, run() no longer cancels its main task. Throws
/// std::invalid_argument for what is no signal, or one that a fault raises and that cannot wait for
/// a loop; std::system_error (EINVAL) for one that nobody may handle; InvalidStateError outside the
/// main thread, and when another loop has the signal.
void add_signal_handler(int number, Callback handler, EventLoop& loop = running_loop());
/// Takes the handler away. Returns whether there was one. Whoever waits for the signal still does;
/// without anybody, what handled it before handles it again.
bool remove_signal_handler(int number, EventLoop& loop = running_loop());
/// Waits until the signal comes, from now on. Meanwhile it does nothing else than to end this wait,
/// and to call the handler if there is one. Throws what add_signal_handler() throws. Cancelled:
/// one that comes later is not kept.
Coro<> signal(int number);
/// Waits until somebody asks this program to end, by SIGINT (Ctrl-C) or SIGTERM, and tells which.
/// Once it has returned, the next one has its usual effect again: SIGTERM ends the process, and
/// SIGINT cancels the task of run(). Until then several count as one. Throws what
/// add_signal_handler() throws.
Coro<int> stop_signal();

// Implementation

namespace detail {

class LoopSignals;

/// Who has a signal, for the handler of the system, which may run in any thread at any time.
struct SignalSlot {
  std::atomic<Wakeup*> wakeup = nullptr;  // of the loop that has it
  std::atomic<int> arrived = 0;
  struct sigaction before {};  // what handled it until then
};
inline std::array<SignalSlot, NSIG> signal_slots{};

//: 16.4 count it, and wake the loop that has it
inline void on_signal(int number) noexcept {
  // TODO 16.4: count it, and wake the loop that has it
}

//: 16.4 what handled it before handles it again
inline void give_back(int number) noexcept {
  // TODO 16.4: what handled it before handles it again
}

/// In a child: its parent's loops are not its own.
inline void leave_signals_to_parent() {
  for (int number = 1; number < NSIG; ++number) {
    if (signal_slots[static_cast<std::size_t>(number)].wakeup != nullptr) give_back(number);
  }
}

inline void check_signal(int number) {
  const std::string name = "signal " + std::to_string(number);
  if (number < 1 || number >= NSIG) throw std::invalid_argument("there is no " + name);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) {
    if (number == fault) {
      throw std::invalid_argument(name + " is raised by a fault: it cannot wait for a loop");
    }
  }
  if (::getpid() != ::gettid()) {
    throw InvalidStateError("signals are handled by a loop of the main thread, not by this one");
  }
}

/// Somebody waits for a signal, for as long as this lives.
class SignalWait : public Link<> {
 public:
  /// `come` is set when it has come, and `which` is its number then.
  SignalWait(EventLoop& loop, int number, Event& come, int& which);
  SignalWait(const SignalWait&) = delete;
  SignalWait& operator=(const SignalWait&) = delete;
  ~SignalWait();
  void tell(int number) {
    if (come_.is_set()) return;  // another one was first
    which_ = number;
    come_.set();
  }

 private:
  LoopSignals& signals_;
  const int number_;
  Event& come_;
  int& which_;
};

/// A signal that a loop has: its handler, and who waits for it. A Ready that is queued when the
/// signal has come, so that nothing is allocated then.
class CaughtSignal final : public Ready, public std::enable_shared_from_this<CaughtSignal> {
 public:
  CaughtSignal(EventLoop& loop, Wakeup& wakeup, int number);
  ~CaughtSignal() { give_back(number_); }

  /// The loop has been woken: queues the callback if the signal has come.
  void look();
  /// Tells of one arrival; the next one has a callback of its own.
  void run() override;
  std::string describe() const override { return "signal " + std::to_string(number_); }
  bool is_wanted() const { return handler != nullptr || !waits.empty(); }

  std::shared_ptr<Callback> handler;  // shared, since it may take itself away while it runs
  List<SignalWait> waits;

 private:
  EventLoop& loop_;
  const int number_;
  const ExpectedWakeup expected_;
  int pending_ = 0;  // how often it has come and not been told yet
};

/// The signals of one loop.
class LoopSignals final : public Attachment, public WakeListener {
 public:
  explicit LoopSignals(EventLoop& loop) : loop_(loop), wakeup_(loop.listen(*this)) {}

  void woken() override {
    for (const auto& [number, caught] : caught_) caught->look();
  }
  /// The signal as this loop's. Throws what add_signal_handler() throws.
  const std::shared_ptr<CaughtSignal>& take(int number) {
    check_signal(number);
    auto& caught = caught_[number];
    try {
      if (caught == nullptr) caught = std::make_shared<CaughtSignal>(loop_, wakeup_, number);
    } catch (...) {
      caught_.erase(number);
      throw;
    }
    return caught;
  }
  /// Null when this loop does not have it.
  CaughtSignal* find(int number) const {
    const auto found = caught_.find(number);
    return found == caught_.end() ? nullptr : found->second.get();
  }
  /// Gives it back, unless somebody wants it.
  void release(int number) {
    const CaughtSignal* const caught = find(number);
    if (caught != nullptr && !caught->is_wanted()) caught_.erase(number);
  }

 private:
  EventLoop& loop_;
  Wakeup& wakeup_;
  std::map<int, std::shared_ptr<CaughtSignal>> caught_;
};

inline CaughtSignal::CaughtSignal(EventLoop& loop, Wakeup& wakeup, int number)
    : loop_(loop), number_(number), expected_(loop.expect_wakeup()) {
  static const int watched = ::pthread_atfork(nullptr, nullptr, leave_signals_to_parent);
  if (watched != 0) throw std::bad_alloc();
  SignalSlot& slot = signal_slots[static_cast<std::size_t>(number)];
  if (slot.wakeup != nullptr) {
    throw InvalidStateError("another loop handles " + describe());
  }
  struct sigaction ours {};
  ours.sa_handler = on_signal;
  ours.sa_flags = SA_RESTART;
  slot.wakeup = &wakeup;
  if (::sigaction(number, &ours, &slot.before) == -1) {
    slot.wakeup = nullptr;
    throw std::system_error(errno, std::generic_category(), describe() + " cannot be handled");
  }
}

//: 16.4 take what has come, and queue one callback for all of it
inline void CaughtSignal::look() {
  AIO_TODO("16.4", "take what has come, and queue one callback for all of it");
}

//: 16.4 tell who waits, and call the handler
inline void CaughtSignal::run() {
  AIO_TODO("16.4", "tell who waits, and call the handler");
}

inline SignalWait::SignalWait(EventLoop& loop, int number, Event& come, int& which)
    : signals_(loop.attachment<LoopSignals>()), number_(number), come_(come), which_(which) {
  signals_.take(number)->waits.push_back(*this);
}

inline SignalWait::~SignalWait() {
  unlink();
  signals_.release(number_);
}

}  // namespace detail

inline void add_signal_handler(int number, Callback handler, EventLoop& loop) {
  detail::refuse_empty(handler);
  auto called = std::make_shared<Callback>(std::move(handler));
  loop.attachment<detail::LoopSignals>().take(number)->handler = std::move(called);
}

inline bool remove_signal_handler(int number, EventLoop& loop) {
  auto& signals = loop.attachment<detail::LoopSignals>();
  detail::CaughtSignal* const caught = signals.find(number);
  if (caught == nullptr || caught->handler == nullptr) return false;
  caught->handler = nullptr;
  signals.release(number);
  return true;
}

inline Coro<> signal(int number) {
  Event come;
  int which = 0;
  const detail::SignalWait wait(running_loop(), number, come, which);
  co_await come.wait();
}

//: 16.4 wait for whichever comes first
inline Coro<int> stop_signal() {
  AIO_TODO("16.4", "wait for whichever comes first");
}

}  // namespace aio
