#pragma once
// Sees from outside what keeps a loop busy. A thread looks how long the callback that runs has been
// running. At half the time that counts as slow it interrupts the loop's thread by a signal, whose
// handler notes where that is: a call that blocks, or a loop without an end.
//
//  - The report of the slow callback tells it. One that lasts ten times as long is told on stderr
//    while it lasts, since it may never end.
//  - A call that blocks for less than half the time is not seen.
//  - The signal ends a call that does not restart by itself: nanosleep(), poll() and select()
//    return EINTR. Where the program handles SIGURG itself, nothing is sent, and nothing is told.

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include <execinfo.h>
#include <pthread.h>
#include <signal.h>

#include <aio/debug/never_awaited.hpp>
#include <aio/debug/symbols.hpp>
#include <aio/debug/task_of.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/signals_blocked.hpp>

namespace aio::detail {

/// Where a thread was when somebody looked.
class Stack {
 public:
  /// For a signal handler.
  void take() { depth_ = ::backtrace(frames_.data(), static_cast<int>(frames_.size())); }
  /// "read(), called by load(int) (shop.cpp:31)"; from the innermost function to the runtime's.
  std::string text() const {
    std::string told;
    bool began = false;
    int shown = 0;
    for (int i = first(); i < depth_ && shown < most; ++i) {
      const auto* const address = static_cast<const char*>(frames_[static_cast<std::size_t>(i)]);
      const CodePlace place(began ? address - 1 : address);
      if (began && place.of_the_runtime()) break;
      told += (began ? ", called by " : "") + place.text();
      began = true;
      ++shown;
    }
    return told;
  }

 private:
  static constexpr int most = 6;
  /// Behind the signal's handlers, which are the runtime's, and the kernel's way back.
  int first() const {
    int at = 0;
    while (at < depth_ && CodePlace(frames_[static_cast<std::size_t>(at)]).of_the_runtime()) ++at;
    return at + 1;
  }

  std::array<void*, 48> frames_{};
  int depth_ = 0;
};

/// Watches one loop in debug mode.
class Watch final : public Observer, public Attachment {
 public:
  explicit Watch(EventLoop& loop);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() override;

  void will_run(EventLoop&, const Ready& ready) override {
    thread_of_loop_ = ::pthread_self();
    waited_ = coroutine_of(ready);
    busy_ = ++turns_;
  }
  void has_run(EventLoop&) override { busy_ = 0; }
  /// While a report is written, in the middle of a turn, which it returns.
  std::uint64_t look_away() { return busy_.exchange(0); }
  /// The turn's time begins anew, as that of another one.
  void look_again(std::uint64_t turn) {
    if (turn != 0) busy_ = ++turns_;
  }

  /// ", after an await in load(int) (shop.cpp:31), in read(), called by …" for what has just run,
  /// as far as that is known.
  std::string tell_where() const {
    const CodePlace waited(waited_);
    const bool known = !waited.function().empty() && !waited.of_the_runtime();
    return (known ? ", after an await in " + waited.text() : "") +
           (sampled_turn_ == turns_ && turns_ > 0 ? ", in " + stack_.text() : "");
  }
  /// How often it has looked where the loop is.
  const std::atomic<std::uint64_t>& samples() const { return samples_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  static const void* coroutine_of(const Ready& ready);
  void work();
  void look(std::uint64_t turn, std::chrono::nanoseconds since);
  void interrupt(std::uint64_t turn);
  void forget_question() {
    Watch* self = this;
    looking_.compare_exchange_strong(self, nullptr);
  }
  static void on_signal();

  static inline constinit std::atomic<Watch*> looking_ = nullptr;

  EventLoop& loop_;
  const std::chrono::nanoseconds slow_;
  std::uint64_t turns_ = 0;
  const void* waited_ = nullptr;         // the function of the coroutine that goes on
  std::atomic<std::uint64_t> busy_ = 0;  // the turn that runs; 0: none
  std::atomic<pthread_t> thread_of_loop_{};
  Stack stack_;  // of the loop's thread, which writes it
  std::atomic<std::uint64_t> sampled_turn_ = 0, samples_ = 0;
  std::uint64_t asked_turn_ = 0, told_turn_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

inline Watch::Watch(EventLoop& loop) : loop_(loop), slow_(LoopEntry::of(loop).slow_callback()) {
  Stack().take();  // loads what the first one needs, which a signal handler must not
  sigset_t asked;
  ::sigemptyset(&asked);
  ::sigaddset(&asked, inquiry::signal);
  ::pthread_sigmask(SIG_UNBLOCK, &asked, nullptr);  // the runtime's own threads block it
  Inquiry::on_sample = on_signal;
  observe(loop, *this);
  try {
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { work(); });
  } catch (const std::exception&) {  // without a thread, or memory for it, nothing is sampled
  }
}

inline Watch::~Watch() {
  unobserve(loop_, *this);
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  forget_question();
}

/// The coroutine in which a task waited that goes on now. Null: it begins, or is none.
inline const void* Watch::coroutine_of(const Ready& ready) {
  const TaskBase* const task = task_of(ready);
  return task != nullptr && task->waiter() != nullptr ? resumed_by(task->leaf()) : nullptr;
}

inline void Watch::work() {
  std::unique_lock lock(mutex_);
  std::uint64_t seen = 0;
  Time since;
  const auto pause = std::max<std::chrono::nanoseconds>(slow_ / 4, std::chrono::milliseconds(1));
  while (!changed_.wait_for(lock, pause, [this] { return over_; })) {
    const std::uint64_t turn = busy_;
    const Time now = std::chrono::steady_clock::now();
    if (turn != seen) since = now;
    seen = turn;
    if (turn != 0) look(turn, now - since);
  }
}

inline void Watch::look(std::uint64_t turn, std::chrono::nanoseconds since) {
  if (since >= slow_ / 4 && asked_turn_ != turn) {
    asked_turn_ = turn;
    interrupt(turn);
  }
  if (since < slow_ * 10 || told_turn_ == turn || sampled_turn_ != turn) return;
  told_turn_ = turn;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  std::fprintf(stderr,
               "loopwright: a callback has kept the loop busy for %lld ms, and still does, in %s\n",
               static_cast<long long>(ms), stack_.text().c_str());
}

/// One watch at a time. An earlier question of its own may have got lost.
inline void Watch::interrupt(std::uint64_t turn) {
  forget_question();
  Watch* nobody = nullptr;
  if (!Inquiry::handles_signal() || !looking_.compare_exchange_strong(nobody, this)) return;
  if (busy_ != turn || ::pthread_kill(thread_of_loop_, inquiry::signal) != 0) looking_ = nullptr;
}

/// In the loop's thread.
inline void Watch::on_signal() {
  Watch* const watch = looking_.exchange(nullptr);
  if (watch == nullptr || !::pthread_equal(watch->thread_of_loop_, ::pthread_self())) return;
  watch->stack_.take();
  watch->sampled_turn_ = watch->busy_.load();
  ++watch->samples_;
}

}  // namespace aio::detail
