#pragma once
// Lesson 17, cores: a loop for every core.
//
// Stands on threads (14). One loop uses one core, however many connections it has. Several loops
// share nothing: each has its listening socket, its connections and its data.
//  1. Each loop runs in a thread of its own, the first one in the caller's.
//  2. The kernel deals new connections out among sockets that share an address (SO_REUSEPORT), by a
//     hash of both addresses and ports. A connection stays where it is: when few of them live long,
//     one core may have much more to do than another.
//  3. What another loop is to know is posted to it. It runs there, between other callbacks.
//  4. When one of them ends, all are asked to stop. The first failure is thrown when all have
//  ended.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>
#include <sys/socket.h>

#include <aio/address.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/signals_blocked.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

namespace aio {

namespace layers {
inline constexpr const char* cores = __FILE__;  // which copy was compiled; the tests print it
}

/// The CPUs that this thread may use.
std::vector<int> allowed_cpus();

struct CoresOptions {
  CoresOptions() {}
  explicit CoresOptions(std::size_t how_many) : loops(how_many) {}
  std::size_t loops = 0;  // 0: one for each CPU that this thread may use
  /// Each thread stays on a CPU of its own, as far as there are enough.
  bool pinned = false;
};

namespace detail {
class Cores;
}

/// One of the loops of run_on_all_cores(), as its main coroutine sees it.
class Core {
 public:
  Core(detail::Cores& all, std::size_t index) : all_(&all), index_(index) {}
  std::size_t index() const { return index_; }
  std::size_t count() const;
  /// Queues `callback` on the loop with that index, from any thread. What it captures goes there,
  /// too: nothing that this loop still uses. Returns false, and drops it, when that loop has ended.
  bool post(std::size_t to, Callback callback) const;

 private:
  detail::Cores* all_;
  std::size_t index_;
};

/// Runs `main(core)`, a callable that returns a Coro<>, on a loop for every core, until all have
/// ended. Each loop has a copy of `main`. When one ends, however, the others are cancelled; that is
/// no failure. Signals go to the first loop, in the caller's thread. Throws the first failure;
/// std::system_error when a thread or a loop cannot be had, and InvalidStateError inside a loop:
/// then none has begun.
///
///   aio::run_on_all_cores([&](aio::Core core) -> aio::Coro<> {
///     aio::Server server = co_await aio::start_server(handle, std::move(sockets[core.index()]));
///     co_await server.serve_forever();
///   });
template <class Main>
void run_on_all_cores(Main main, CoresOptions options = CoresOptions());

/// `count` sockets that listen at one address, for as many loops or processes. A port of 0 is
/// chosen by the first. Throws std::system_error, which names the address; std::invalid_argument
/// for a host that is no address in numbers. Whoever has one has to accept: the kernel gives each
/// of them its share.
std::vector<UniqueFd> listen_shared(const std::string& host, std::uint16_t port, std::size_t count,
                                    int backlog = 1024);

/// Of several sockets that listen at one address, this one gets the connections whose packets are
/// handled by `cpu`. Fits threads that are pinned, and a network card with a queue for each CPU. On
/// the loopback device that is the CPU of the client: then few clients may all meet at one loop.
inline void prefer_cpu(int socket, int cpu) {
  check_syscall("setsockopt(SO_INCOMING_CPU)",
                ::setsockopt(socket, SOL_SOCKET, SO_INCOMING_CPU, &cpu, sizeof cpu));
}

// Implementation

inline std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> all;
  if (::pthread_getaffinity_np(::pthread_self(), sizeof set, &set) != 0) return {0};
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) all.push_back(cpu);
  }
  return all;
}

namespace detail {

/// Keeps this thread on one CPU while it lives.
class Pinned {
 public:
  explicit Pinned(int cpu) {
    ::pthread_getaffinity_np(::pthread_self(), sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one);
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  ~Pinned() { ::pthread_setaffinity_np(::pthread_self(), sizeof before_, &before_); }

 private:
  cpu_set_t before_{};
};

/// A callback on its way to another loop. It owns itself.
class Letter final : public Posted {
 public:
  static bool send(LoopDoor& door, Callback callback) {
    std::unique_ptr<Letter> letter(new Letter(std::move(callback)));
    if (!door.post(*letter)) return false;
    letter.release();
    return true;
  }
  void run() override {
    const std::unique_ptr<Letter> last(this);
    callback_();
  }
  void discard() noexcept override { delete this; }
  std::string describe() const override { return "what another core has posted"; }

 private:
  explicit Letter(Callback callback) : callback_(std::move(callback)) { refuse_empty(callback_); }
  Callback callback_;
};

/// What the loops have in common: how to reach each other, and how they end. The entries are
/// written before all have entered; afterwards a door is only read, and a task is its loop's.
class Cores {
 public:
  explicit Cores(std::size_t count)
      : entries_(count), entered_(static_cast<std::ptrdiff_t>(count)) {}

  std::size_t count() const { return entries_.size(); }
  /// On the loop with that index. Blocks until all have entered. Returns false when they are not to
  /// begin.
  bool enter(std::size_t index) {
    entries_[index] = {LoopDoor::here(), current_task(), true};
    entered_.arrive_and_wait();
    return !given_up_;
  }
  /// So many will never enter.
  void give_up(std::size_t missing) {
    given_up_ = true;
    entered_.count_down(static_cast<std::ptrdiff_t>(missing));
  }
  /// The loop with that index is no more. If it has failed before it entered, nobody is to begin.
  void gone(std::size_t index) {
    if (!entries_[index].entered) give_up(1);
  }
  bool post(std::size_t to, Callback callback) {
    return Letter::send(*entries_.at(to).door, std::move(callback));
  }
  void stop_all() {
    for (Entry& entry : entries_) {
      Letter::send(*entry.door, [&entry] {
        if (entry.main) entry.main.cancel();
      });
    }
  }
  /// On the loop with that index, whose main coroutine ends: its task is not touched any more.
  void leave(std::size_t index) {
    stop_all();
    entries_[index].main = TaskRef();
  }
  void failed(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (failure_ == nullptr) failure_ = std::move(failure);
  }
  void rethrow() const {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }

 private:
  struct Entry {
    std::shared_ptr<LoopDoor> door;
    TaskRef main;
    bool entered = false;  // for its own thread
  };
  std::vector<Entry> entries_;
  std::latch entered_;
  std::atomic<bool> given_up_ = false;  // written before the last one has entered
  std::mutex mutex_;                    // for the failure
  std::exception_ptr failure_;
};

template <class Main>
Coro<> main_of_core(Cores& cores, std::size_t index, Main main) {
  struct Leave {
    Cores& cores;
    std::size_t index;
    ~Leave() { cores.leave(index); }
  };
  const ExpectedWakeup others = running_loop().expect_wakeup();
  if (!cores.enter(index)) co_return;
  const Leave at_the_end{cores, index};
  co_await main(Core(cores, index));
}

template <class Main>
void run_core(Cores& cores, std::size_t index, Main main, int cpu) noexcept {
  try {
    std::unique_ptr<Pinned> pinned;
    if (cpu >= 0) pinned = std::make_unique<Pinned>(cpu);
    aio::run(main_of_core(cores, index, std::move(main)));
  } catch (const CancelledError&) {  // it was asked to stop
  } catch (...) {
    cores.failed(std::current_exception());
  }
  cores.gone(index);
}

/// The CPU for each loop, or -1.
inline std::vector<int> cpus_for(const CoresOptions& options) {
  std::vector<int> cpus = allowed_cpus();
  const std::size_t loops = options.loops > 0 ? options.loops : cpus.size();
  if (!options.pinned || cpus.size() < loops) cpus.assign(loops, -1);
  cpus.resize(loops);
  return cpus;
}

}  // namespace detail

template <class Main>
void run_on_all_cores(Main main, CoresOptions options) {
  const std::vector<int> cpus = detail::cpus_for(options);
  detail::Cores cores(cpus.size());
  std::vector<std::thread> threads;
  threads.reserve(cpus.size());
  try {
    const SignalsBlocked in_the_threads;
    for (std::size_t i = 1; i < cpus.size(); ++i) {
      threads.emplace_back([&cores, i, main, cpu = cpus[i]]() mutable {
        detail::run_core(cores, i, std::move(main), cpu);
      });
    }
  } catch (...) {
    cores.failed(std::current_exception());
    cores.give_up(cpus.size() - threads.size());
  }
  if (threads.size() + 1 == cpus.size()) detail::run_core(cores, 0, std::move(main), cpus[0]);
  for (std::thread& thread : threads) thread.join();
  cores.rethrow();
}

inline std::size_t Core::count() const { return all_->count(); }

inline bool Core::post(std::size_t to, Callback callback) const {
  return all_->post(to, std::move(callback));
}

namespace detail {

inline UniqueFd listen_shared_once(const Address& address, int backlog) {
  UniqueFd socket(check_syscall(
      "socket", ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
  const int on = 1;
  for (const int option : {SO_REUSEADDR, SO_REUSEPORT}) {
    check_syscall("setsockopt", ::setsockopt(socket.get(), SOL_SOCKET, option, &on, sizeof on));
  }
  const std::string bind = "bind to " + address.text();
  check_syscall(bind.c_str(), ::bind(socket.get(), address.raw(), address.length()));
  check_syscall("listen", ::listen(socket.get(), backlog));
  return socket;
}

}  // namespace detail

inline std::vector<UniqueFd> listen_shared(const std::string& host, std::uint16_t port,
                                           std::size_t count, int backlog) {
  std::optional<Address> address = Address::numeric(host, port);
  if (!address) throw std::invalid_argument("\"" + host + "\" is no address in numbers");
  std::vector<UniqueFd> all;
  while (all.size() < count) {
    all.push_back(detail::listen_shared_once(*address, backlog));
    if (address->port() == 0) address->set_port(Address::of_socket(all[0].get()).port());
  }
  return all;
}

}  // namespace aio
