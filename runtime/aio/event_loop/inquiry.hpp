#pragma once
// What a program that runs tells of its loops when somebody asks.
//
//  - SIGQUIT (`kill -QUIT PID`, or Ctrl-\ in its terminal): each loop writes to stderr which tasks
//    it has and who waits for whom. If no loop has come round within a second of the first one, the
//    second one ends the process, as it does in any program; so does one that finds no loop.
//  - `./learn ps PID` sends SIGURG, which does nothing where nobody handles it. The signal's value
//    says that it wants an answer, and each loop writes that into the asker's socket.
// Both are handled in a program that does not do so itself. Nothing is open until somebody asks.

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <aio/event_loop/event_sink.hpp>
#include <aio/event_loop/resident.hpp>
#include <aio/support/syscall.hpp>
#include <aio/support/wakeup.hpp>

namespace aio::detail {

/// What `./learn ps` and a program that it asks agree on.
namespace inquiry {
inline constexpr int signal = SIGURG;
/// The signal's value: what is wanted.
enum class Wanted : std::uint8_t { nothing = 0, tree = 0x71, table = 0x72 };
/// The abstract address of the socket that the asker listens on.
inline std::string address(pid_t asker) { return "loopwright-ask-" + std::to_string(asker); }
inline sockaddr_un socket_address(const std::string& name, socklen_t& size) {
  sockaddr_un made{};
  made.sun_family = AF_UNIX;
  std::memcpy(made.sun_path + 1, name.data(), name.size());  // a zero before it: no file
  size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return made;
}
}  // namespace inquiry

/// Answers for one loop. What the signal handlers leave here is read when the loop comes round.
class Inquiry final : public WakeListener {
 public:
  /// Handles the two signals, from the first loop of the process on, unless somebody does.
  explicit Inquiry(EventLoop& loop);
  Inquiry(const Inquiry&) = delete;
  Inquiry& operator=(const Inquiry&) = delete;
  ~Inquiry();

  void woken() override;
  /// Does this process answer `./learn ps`?
  static bool handles_signal();
  /// Called in the signal's handler when a thread of this process has sent it; null: nothing is.
  using OnSample = void (*)();
  static inline constinit std::atomic<OnSample> on_sample = nullptr;
  /// In a child after fork(): its parent's loops do not answer for it.
  static void leave_to_parent() noexcept {
    for (auto& place : all_) place = nullptr;
  }

 private:
  /// While a handler is at work. What it interrupts finds its errno again.
  struct Handling {
    Handling() { ++handling_; }
    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;
    ~Handling() {
      errno = error;
      --handling_;
    }
    const int error = errno;
  };
  static void handle(int number, void (*handler)(int, siginfo_t*, void*));
  static void on_quit(int, siginfo_t*, void*);
  static void on_question(int, siginfo_t* info, void*);
  static std::int64_t milliseconds();

  std::string header() const;
  std::string answer(inquiry::Wanted wanted) const;
  static void send(pid_t asker, std::string_view text);

  static constexpr std::size_t most = 64;  // loops of a process that answer
  static inline constinit std::array<std::atomic<Inquiry*>, most> all_{};
  static inline constinit std::atomic<int> handling_ = 0;  // signal handlers at work
  static_assert(std::atomic<Inquiry*>::is_always_lock_free, "a signal handler reads it");

  EventLoop& loop_;
  Wakeup& wakeup_;
  std::atomic<std::int64_t> told_to_tell_ = 0;  // since when, in milliseconds; 0: nobody has
  std::atomic<std::uint64_t> asker_ = 0;        // its process, and what it wants; 0: nobody
};

/// A handler that found this one in its place may still be at work, in another thread.
inline Inquiry::~Inquiry() {
  for (auto& place : all_) {
    Inquiry* self = this;
    place.compare_exchange_strong(self, nullptr);
  }
  while (handling_ > 0) {
  }
}

inline void Inquiry::handle(int number, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction now {};
  ::sigaction(number, nullptr, &now);
  if ((now.sa_flags & SA_SIGINFO) != 0 || now.sa_handler != SIG_DFL) return;
  struct sigaction ours {};
  ours.sa_sigaction = handler;
  ours.sa_flags = SA_RESTART | SA_SIGINFO;
  ::sigaction(number, &ours, nullptr);
}

inline std::int64_t Inquiry::milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000 + 1;  // never 0
}

inline void Inquiry::on_quit(int number, siginfo_t*, void*) {
  const Handling at_work;
  constexpr std::int64_t patience = 1000;
  const std::int64_t now = milliseconds();
  bool hope = false;
  for (auto& place : all_) {
    Inquiry* const each = place;
    if (each == nullptr) continue;
    std::int64_t since = 0;
    const bool first = each->told_to_tell_.compare_exchange_strong(since, now);
    if (first || now - since < patience) hope = true;
    each->wakeup_.ask();
  }
  if (hope) return;
  ::signal(number, SIG_DFL);
  ::raise(number);
}

inline bool Inquiry::handles_signal() {
  struct sigaction now {};
  ::sigaction(inquiry::signal, nullptr, &now);
  return (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_question;
}

inline void Inquiry::on_question(int, siginfo_t* info, void*) {
  const Handling at_work;
  const OnSample sample = on_sample;
  if (info->si_code == SI_TKILL && sample != nullptr) return sample();
  if (info->si_code != SI_QUEUE) return;
  const auto wanted = static_cast<std::uint64_t>(info->si_value.sival_int) & 0xff;
  for (auto& place : all_) {
    Inquiry* const each = place;
    if (each == nullptr) continue;
    each->asker_ = static_cast<std::uint64_t>(info->si_pid) << 8 | wanted;
    each->wakeup_.ask();
  }
}

inline void Inquiry::woken() {
  const bool to_tell = told_to_tell_.exchange(0) != 0;
  const std::uint64_t asker = asker_.exchange(0);
  if (!to_tell && asker == 0) return;
  try {
    if (to_tell) std::fputs(answer(inquiry::Wanted::tree).c_str(), stderr);
    const auto wanted = static_cast<inquiry::Wanted>(asker & 0xff);
    if (asker != 0) send(static_cast<pid_t>(asker >> 8), answer(wanted));
  } catch (const std::exception&) {  // no memory for the text: the loop goes on
  }
}

/// "loop 1 of 2 in process 4711", so that the asker knows for how many to wait.
inline std::string Inquiry::header() const {
  std::size_t number = 0, count = 0;
  for (const auto& place : all_) {
    if (place != nullptr) ++count;
    if (place == this) number = count;
  }
  return "loop " + std::to_string(number) + " of " + std::to_string(count) + " in process " +
         std::to_string(::getpid());
}

inline std::string Inquiry::answer(inquiry::Wanted wanted) const {
  const bool table = wanted == inquiry::Wanted::table;
  const std::string text = (table ? tell_residents.as_table : tell_residents.as_tree)(loop_);
  return header() + (text.empty() ? ": no tasks" : ":" + text) + "\n";
}

/// To a socket of the same user, or of the superuser. What does not fit waits for a second.
inline void Inquiry::send(pid_t asker, std::string_view text) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  socklen_t size = 0;
  const sockaddr_un address = inquiry::socket_address(inquiry::address(asker), size);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return;
  ucred peer{};
  socklen_t length = sizeof peer;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length);
  if (peer.pid != asker || (peer.uid != ::geteuid() && peer.uid != 0)) return;
  while (!text.empty()) {
    const ssize_t sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace aio::detail
