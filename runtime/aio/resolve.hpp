#pragma once
// Lesson 12, resolve: the addresses that a name stands for.
//
// Stands on futures and tasks (05, 07). getaddrinfo() blocks and cannot be interrupted, so it gets
// a thread of its own, which tells the loop through an eventfd.
//  1. An address in numbers needs no thread.
//  2. A lookup that is cancelled goes on unheard; what it finds is dropped.
//  3. No thread outlives its loop: a loop that is closed waits for the lookups that still run.

#include <cerrno>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <netdb.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <aio/address.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* resolve = __FILE__;  // which copy was compiled; the tests print it
}

/// The errors of name resolution, e.g. EAI_NONAME.
const std::error_category& resolver_category();

/// The addresses of `host`, in the order in which to try them; an empty host: those of all
/// interfaces, to listen at. Throws std::system_error, which names the host.
Coro<std::vector<Address>> resolve(std::string host, std::uint16_t port);

// Implementation

namespace detail {

class ResolverCategory final : public std::error_category {
  const char* name() const noexcept override { return "resolver"; }
  std::string message(int code) const override { return ::gai_strerror(code); }
};

/// A call of getaddrinfo() on a thread of its own. Owns itself until the thread has ended.
class Lookup final : public RefCounted, public EventSink, public Resident {
 public:
  /// REQUIRES: kept by a Ref while the constructor's caller needs `found`.
  Lookup(EventLoop& loop, std::string host, std::uint16_t port);
  ~Lookup() = default;

  const Future<std::vector<Address>> found;

 private:
  static void deliver_event(EventSink& self, EventLoop& loop, PollEvent event);
  void look_up();
  void store(const addrinfo* first);
  void end(EventLoop& loop);
  void publish();
  void evict() noexcept override;
  std::string describe() const override { return "the lookup of " + host_; }

  const std::string host_;
  const std::uint16_t port_;
  EventLoop& loop_;
  UniqueFd done_;  // an eventfd: readable once the thread has stored its result
  std::vector<Address> addresses_;
  std::error_code error_;
  std::exception_ptr failure_;
  std::thread thread_;
  Ref<Lookup> self_;
};

/// While it lives, no signal is handled by this thread, nor by the threads that it starts.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

inline Lookup::Lookup(EventLoop& loop, std::string host, std::uint16_t port)
    : EventSink(deliver_event), found(loop), host_(std::move(host)), port_(port), loop_(loop) {
  done_ = UniqueFd(check_syscall("eventfd", ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)));
  loop.attach(done_.get(), *this);
  try {
    const SignalsBlocked blocked;  // the program's handlers expect its own threads
    thread_ = std::thread([this] { look_up(); });
  } catch (...) {
    loop.detach(done_.get());
    throw;
  }
  loop.admit(*this);
  self_ = Ref<Lookup>(this);
}

/// On the thread: touches nothing that the loop touches before the eventfd is written.
inline void Lookup::look_up() {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = host_.empty() ? AI_PASSIVE : AI_ADDRCONFIG;
  addrinfo* first = nullptr;
  const int result = ::getaddrinfo(host_.empty() ? nullptr : host_.c_str(),
                                   std::to_string(port_).c_str(), &hints, &first);
  if (result == 0) {
    store(first);
    ::freeaddrinfo(first);
  } else {
    error_ = result == EAI_SYSTEM ? std::error_code(errno, std::generic_category())
                                  : std::error_code(result, resolver_category());
  }
  ::eventfd_write(done_.get(), 1);
}

inline void Lookup::store(const addrinfo* first) {
  try {
    for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
      addresses_.emplace_back(each->ai_addr, each->ai_addrlen);
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
}

inline void Lookup::deliver_event(EventSink& sink, EventLoop& loop, PollEvent event) {
  auto& self = static_cast<Lookup&>(sink);
  if (event.readable) self.end(loop);
}

inline void Lookup::end(EventLoop& loop) {
  const Ref<Lookup> last = std::move(self_);
  thread_.join();
  loop.detach(done_.get());
  Resident::unlink();
  if (!found.done()) publish();
}

inline void Lookup::publish() {
  if (error_) {
    found.set_exception(std::system_error(error_, "resolve \"" + host_ + "\""));
  } else if (failure_) {
    found.set_exception(failure_);
  } else {
    found.set_result(std::move(addresses_));
  }
}

inline void Lookup::evict() noexcept {
  const Ref<Lookup> last = std::move(self_);
  thread_.join();
  loop_.detach(done_.get());
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
  const Ref lookup(new detail::Lookup(running_loop(), std::move(host), port));
  Future<std::vector<Address>> found = lookup->found;
  co_return co_await std::move(found);
}

}  // namespace aio
