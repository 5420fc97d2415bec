#pragma once
// Lesson 12, resolve: the addresses that a name stands for.
//
// Stands on futures and tasks (05, 07). getaddrinfo() blocks and cannot be interrupted, so threads
// call it, and hand the result back through EventLoop::post().
//  1. An address in numbers needs no thread.
//  2. At most 16 threads look names up, whoever asks; the next lookup waits until one is free.
//  3. A lookup that nobody waits for any more is forgotten at once. A thread that is in the middle
//     of it belongs to nobody: no loop closes later because of it.

#include <cerrno>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <netdb.h>
#include <sys/socket.h>

#include <aio/address.hpp>
#include <aio/support/signals_blocked.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* resolve = __FILE__;  // which copy was compiled; the tests print it
}

/// The errors of name resolution, e.g. EAI_NONAME.
const std::error_category& resolver_category();

/// The addresses of `host`, in the order in which to try them; an empty host: those of all
/// interfaces, to listen at. Throws std::system_error, which names the host; std::invalid_argument
/// for a host with a NUL inside. A wait that is cancelled forgets the lookup.
Coro<std::vector<Address>> resolve(std::string host, std::uint16_t port);

// Implementation

namespace detail {

class ResolverCategory final : public std::error_category {
  const char* name() const noexcept override { return "resolver"; }
  std::string message(int code) const override { return ::gai_strerror(code); }
};

/// A call of getaddrinfo(), shared by who waits for it and the thread that makes it.
struct Lookup final : Posted {
  Lookup(std::string name, std::uint16_t number, EventLoop& home, const Future<>& waiter)
      : host(std::move(name)), port(number), done(&waiter), loop(&home) {}

  void run() override;
  void discard() noexcept override { const auto last = std::move(self); }
  std::string describe() const override { return "a lookup of " + host; }

  const std::string host;
  const std::uint16_t port;
  const Future<>* const done;    // for the loop's thread only, while somebody waits
  std::shared_ptr<Lookup> self;  // on its way to the loop
  std::mutex mutex;              // for the rest
  EventLoop* loop;               // null: nobody waits any more
  std::vector<Address> addresses;
  std::error_code error;
  std::exception_ptr failure;  // no memory for the result
};

/// The threads that look up, for every loop of this process. They come when they are needed, and
/// end when nothing is left to do.
class LookupThreads {
 public:
  static constexpr int most = 16;

  static LookupThreads& shared();
  /// Throws std::system_error when there is no thread for it.
  void add(std::shared_ptr<Lookup> lookup);

 private:
  void start_one();
  void work() noexcept;
  std::shared_ptr<Lookup> next();

  std::mutex mutex_;  // for the rest
  std::deque<std::shared_ptr<Lookup>> waiting_;
  int threads_ = 0;
};

/// Who waits for a lookup, on the loop. When it goes, the lookup is forgotten: at the latest when
/// the loop is closed, so that a thread never meets a loop that has gone.
class LookupWaiter {
 public:
  LookupWaiter(EventLoop& loop, std::string host, std::uint16_t port)
      : done(loop), lookup_(std::make_shared<Lookup>(std::move(host), port, loop, done)) {}
  LookupWaiter(const LookupWaiter&) = delete;
  LookupWaiter& operator=(const LookupWaiter&) = delete;
  ~LookupWaiter();

  void start() { LookupThreads::shared().add(lookup_); }
  std::vector<Address> take();

  const Future<> done;

 private:
  std::shared_ptr<Lookup> lookup_;
};

// ── on the threads ──

inline void store(Lookup& lookup, const addrinfo* first) {
  try {
    for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
      lookup.addresses.emplace_back(each->ai_addr, each->ai_addrlen);
    }
  } catch (...) {
    lookup.failure = std::current_exception();
  }
}

inline void look_up(const std::shared_ptr<Lookup>& shared) {
  Lookup& lookup = *shared;
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = lookup.host.empty() ? AI_PASSIVE : AI_ADDRCONFIG;
  addrinfo* first = nullptr;
  const int result = ::getaddrinfo(lookup.host.empty() ? nullptr : lookup.host.c_str(),
                                   std::to_string(lookup.port).c_str(), &hints, &first);
  const int system = errno;
  const std::lock_guard lock(lookup.mutex);
  if (result == 0) {
    store(lookup, first);
    ::freeaddrinfo(first);
  } else {
    lookup.error = result == EAI_SYSTEM ? std::error_code(system, std::generic_category())
                                        : std::error_code(result, resolver_category());
  }
  if (lookup.loop == nullptr) return;
  lookup.self = shared;
  if (!lookup.loop->post(lookup)) lookup.discard();
}

inline void LookupThreads::work() noexcept {
  while (const std::shared_ptr<Lookup> lookup = next()) look_up(lookup);
}

/// The next one that somebody still waits for; null: the thread ends.
inline std::shared_ptr<Lookup> LookupThreads::next() {
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty()) {
    std::shared_ptr<Lookup> lookup = std::move(waiting_.front());
    waiting_.pop_front();
    const std::lock_guard theirs(lookup->mutex);
    if (lookup->loop != nullptr) return lookup;
  }
  --threads_;
  return nullptr;
}

// ── on the loop ──

/// Never destroyed: a thread may be in the middle of a lookup when the program ends.
inline LookupThreads& LookupThreads::shared() {
  static auto& threads = *new LookupThreads;
  return threads;
}

inline void LookupThreads::add(std::shared_ptr<Lookup> lookup) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(lookup));
  if (threads_ < most) start_one();
}

inline void LookupThreads::start_one() {
  try {
    const SignalsBlocked blocked;  // the program's handlers expect its own threads
    std::thread([this] { work(); }).detach();
    ++threads_;
  } catch (...) {
    if (threads_ > 0) return;  // one of those will come to it
    waiting_.pop_back();
    throw;
  }
}

inline void Lookup::run() {
  const auto last = std::move(self);
  if (loop != nullptr && !done->done()) done->set_result();  // only this thread forgets the loop
}

inline LookupWaiter::~LookupWaiter() {
  const std::lock_guard lock(lookup_->mutex);  // no thread is handing it back now
  lookup_->loop = nullptr;
}

inline std::vector<Address> LookupWaiter::take() {
  const std::lock_guard lock(lookup_->mutex);
  if (lookup_->failure) std::rethrow_exception(lookup_->failure);
  if (lookup_->error) throw std::system_error(lookup_->error, "resolve \"" + lookup_->host + "\"");
  return std::move(lookup_->addresses);
}

}  // namespace detail

inline const std::error_category& resolver_category() {
  static const detail::ResolverCategory category;
  return category;
}

inline Coro<std::vector<Address>> resolve(std::string host, std::uint16_t port) {
  if (const auto address = Address::numeric(host, port)) {
    co_return std::vector<Address>(1, *address);
  }
  detail::LookupWaiter lookup(running_loop(), std::move(host), port);
  lookup.start();
  co_await lookup.done;
  co_return lookup.take();
}

}  // namespace aio
