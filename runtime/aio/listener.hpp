#pragma once
// Lesson 12, listener: whoever wants to connect is accepted.
//
// Stands on streams and addresses (12).
//  - The kernel tells once that somebody waits; whoever is left is remembered.
//  - While its server is full nobody is accepted; the kernel keeps the next ones in its queue.
//  - Without descriptors nobody can be accepted: the listener tries again in a second, and does
//    not spin meanwhile.

#include <cerrno>
#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <sys/socket.h>

#include <aio/address.hpp>
#include <aio/server/reception.hpp>
#include <aio/server/socket_file.hpp>
#include <aio/stream.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* listener = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// One listening socket. As a Ready, it accepts whoever is there.
class Listener final : public RefCounted, public EventSink, public TimedReady {
 public:
  Listener(Reception& server, EventLoop& loop, UniqueFd socket, Address address);
  ~Listener() { close(); }

  /// Idempotent. Throws std::system_error, e.g. when somebody else listens there by now; then it is
  /// as it was before.
  void start(int backlog);
  /// Accepts nobody, until it is started again; the kernel goes on collecting them.
  void stop() noexcept;
  /// Accepts those whom the kernel has connected by now, as far as there is room for them.
  void accept_all();
  /// There is room for one more: goes on if somebody waits.
  void resume();
  void close() noexcept;
  const Address& address() const { return address_; }

 private:
  static void deliver_event(EventSink& self, EventLoop& loop, PollEvent event);
  void run() override;
  bool accept_one();
  bool refused(int error);
  void back_off(int error);
  EventLoop& loop() const { return *socket_.loop(); }
  std::string describe() const override { return "a server at " + address_.text(); }

  Reception& server_;  // closes this one before it goes
  AttachedFd socket_;
  Address address_;
  SocketFile file_{address_};
  int backlog_ = 0;  // how many are accepted in one turn
  bool listening_ = false;
  bool somebody_waits_ = false;  // to be accepted: the kernel has not said that there is nobody
};

// Implementation

inline Listener::Listener(Reception& server, EventLoop& owner, UniqueFd socket, Address address)
    : EventSink(deliver_event),
      server_(server),
      socket_(owner, std::move(socket)),
      address_(std::move(address)) {}

inline void Listener::start(int backlog) {
  if (listening_) return;
  const std::string call = "listen at " + address_.text();
  check_syscall(call.c_str(), ::listen(socket_.get(), backlog));
  socket_.attach(*this);
  backlog_ = backlog > 0 ? backlog : 100;  // 0 and less mean something to the kernel only
  listening_ = true;
}

inline void Listener::stop() noexcept {
  if (socket_.loop() != nullptr) loop().cancel(*this);
  listening_ = false;
  socket_.detach();
}

inline void Listener::deliver_event(EventSink& sink, EventLoop&, PollEvent) {
  auto& self = static_cast<Listener&>(sink);
  self.somebody_waits_ = true;
  self.resume();
}

inline void Listener::resume() {
  if (somebody_waits_ && listening_ && !pending() && !linked()) loop().call_soon(*this);
}

//: 12.7 accept who is there: as many as the backlog holds, then others have their turn
inline void Listener::run() {
  const Ref<Listener> alive(this);
  for (int left = backlog_; left > 0; --left) {
    if (!listening_ || server_.full() || !accept_one()) return;
  }
  resume();
}

//: 12.7 accept one; say whether to go on
inline bool Listener::accept_one() {
  const int fd = ::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd == -1) {
    somebody_waits_ = errno != EAGAIN;
    return somebody_waits_ && refused(errno);
  }
  server_.welcome(UniqueFd(fd));
  return true;
}

inline void Listener::accept_all() {
  for (int left = backlog_ + 1; left > 0; --left) {  // the kernel keeps one more
    if (!listening_ || server_.full() || !accept_one()) return;
  }
}

//: 12.8 they have left meanwhile, or there is no descriptor to give them
inline bool Listener::refused(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:  // and the other errors of one connection, as accept(2) lists them
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ETIMEDOUT:
      return true;
    default:  // EMFILE, ENFILE, ENOBUFS, ENOMEM: another try would find the same
      back_off(error);
      return false;
  }
}

//: 12.8 report, and try again in a second
inline void Listener::back_off(int error) {
  try {
    loop().call_at(loop().time() + std::chrono::seconds(1), *this);
  } catch (const std::bad_alloc&) {
    resume();  // nobody else would come back to those who wait
  }
  server_.report(
      "a server cannot accept a connection; it tries again in a second",
      std::make_exception_ptr(std::system_error(error, std::generic_category(), "accept4")));
}

inline void Listener::close() noexcept {
  if (!socket_) return;
  stop();
  file_.remove();
  socket_.close();
}

}  // namespace detail

}  // namespace aio
