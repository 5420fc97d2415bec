// libevent: callbacks in C. It has no tasks; a switch is the turn of the next active event.

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "harness/callbacks.hpp"
#include "harness/mailbox.hpp"
#include "harness/peer.hpp"
#include "harness/sizes.hpp"

using peers::Done;

namespace {

struct Free {
  void operator()(event_base* base) const { event_base_free(base); }
  void operator()(event* one) const { event_free(one); }
};
using Base = std::unique_ptr<event_base, Free>;
using Event = std::unique_ptr<event, Free>;

Base make_base() {
  Base base(event_base_new());
  if (!base) throw std::runtime_error("event_base_new");
  return base;
}

timeval to_timeval(std::chrono::microseconds time) {
  return {.tv_sec = time.count() / 1'000'000, .tv_usec = time.count() % 1'000'000};
}

// ── W1: echo ──

/// A connection, and what waits in it. Bare events: a bufferevent asks the kernel twice as often.
class Client {
 public:
  Client(event_base* base, evutil_socket_t fd)
      : fd_(fd),
        readable_(event_new(base, fd, EV_READ | EV_PERSIST, on_readable, this)),
        writable_(event_new(base, fd, EV_WRITE, on_writable, this)) {
    event_add(readable_.get(), nullptr);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    readable_.reset();
    writable_.reset();
    evutil_closesocket(fd_);
  }

 private:
  static void on_readable(evutil_socket_t, short, void* self) {
    static_cast<Client*>(self)->receive();
  }
  static void on_writable(evutil_socket_t, short, void* self) {
    static_cast<Client*>(self)->flush();
  }

  void receive() {
    static std::array<char, 64 * 1024> in, out;  // for all: a read is handled at once
    std::memcpy(in.data(), partial_.data(), rest_);
    const ssize_t count = recv(fd_, in.data() + rest_, in.size() - rest_, 0);
    if (count == -1 && errno == EAGAIN) return;
    if (count <= 0) return drop();
    const std::size_t size = rest_ + static_cast<std::size_t>(count);
    rest_ = size % peers::message_size;
    for (std::size_t at = 0; at < size - rest_; at += peers::message_size) {
      std::memcpy(out.data() + at, in.data() + at, peers::message_size);
    }
    std::memcpy(partial_.data(), in.data() + size - rest_, rest_);
    if (size > rest_) answer(out.data(), size - rest_);
  }

  void answer(const char* bytes, std::size_t size) {
    if (!unsent_.empty()) return static_cast<void>(unsent_.append(bytes, size));
    const ssize_t sent = send(fd_, bytes, size, MSG_NOSIGNAL);
    if (sent == -1 && errno != EAGAIN) return drop();
    const auto done = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    if (done == size) return;
    unsent_.assign(bytes + done, size - done);
    event_add(writable_.get(), nullptr);
  }

  void flush() {
    const ssize_t sent = send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent == -1 && errno != EAGAIN) return drop();
    unsent_.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    if (!unsent_.empty()) event_add(writable_.get(), nullptr);
  }

  void drop() { delete this; }

  evutil_socket_t fd_;
  Event readable_, writable_;
  std::size_t rest_ = 0;  // bytes of the message that has not come completely
  std::array<char, peers::message_size> partial_ = {};
  std::string unsent_;
};

void on_connection(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  new Client(evconnlistener_get_base(listener), fd);  // it ends with its connection
}

Done serve_echo(long, long) {
  const Base base = make_base();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* where = reinterpret_cast<sockaddr*>(&address);
  evconnlistener* listener = evconnlistener_new_bind(
      base.get(), on_connection, nullptr, LEV_OPT_CLOSE_ON_FREE, 4096, where, sizeof address);
  if (listener == nullptr) throw std::runtime_error("evconnlistener_new_bind");
  socklen_t length = sizeof address;
  getsockname(evconnlistener_get_fd(listener), where, &length);
  peers::announce_port(ntohs(address.sin_port));
  event_base_dispatch(base.get());
  return {};
}

// ── W3: turns ──

/// Each event makes the next one active: a ring.
struct Turn {
  Event own;
  event* next = nullptr;
  long* left = nullptr;
};

Done switch_events(long size, long rounds) {
  const Base base = make_base();
  long left = size * rounds;
  std::vector<Turn> ring(static_cast<std::size_t>(size));
  const auto take_turn = [](evutil_socket_t, short, void* self) {
    const Turn& turn = *static_cast<Turn*>(self);
    if (--*turn.left > 0) event_active(turn.next, EV_TIMEOUT, 0);
  };
  for (Turn& turn : ring) {
    turn.own = Event(event_new(base.get(), -1, EV_PERSIST, take_turn, &turn));
    turn.left = &left;
  }
  for (std::size_t i = 0; i < ring.size(); ++i) {
    ring[i].next = ring[(i + 1) % ring.size()].own.get();
  }
  event_active(ring.front().own.get(), EV_TIMEOUT, 0);
  event_base_dispatch(base.get());
  return {size * rounds};
}

// ── W5: timers ──

struct Nap {
  Event timer;
  peers::Lateness* watched = nullptr;
  peers::Lateness::Clock::time_point due;
};

void on_nap_over(evutil_socket_t, short, void* self) {
  const std::unique_ptr<Nap> nap(static_cast<Nap*>(self));
  if (nap->watched != nullptr) nap->watched->add(peers::Lateness::Clock::now() - nap->due);
}

Done sleeps(long size, long) {
  const Base base = make_base();
  peers::Dice dice;
  peers::Lateness lateness;
  for (long i = 0; i < size; ++i) {
    const auto time = dice.nap(size);
    auto* nap = new Nap;
    nap->due = peers::Lateness::Clock::now() + time;
    if (i % peers::watched_timers == 0) nap->watched = &lateness;
    nap->timer = Event(event_new(base.get(), -1, 0, on_nap_over, nap));
    const timeval wait = to_timeval(time);
    event_add(nap->timer.get(), &wait);
  }
  event_base_dispatch(base.get());
  return {size, lateness.figures()};
}

Done cancel_timers(long size, long rounds) {
  const Base base = make_base();
  peers::Dice dice;
  std::vector<Event> timers;
  timers.reserve(static_cast<std::size_t>(size));
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) {
      const auto never = [](evutil_socket_t, short, void*) {};
      timers.emplace_back(event_new(base.get(), -1, 0, never, nullptr));
      const timeval wait = to_timeval(dice.far());
      event_add(timers.back().get(), &wait);
    }
    timers.clear();  // event_free() takes a timer out
  }
  return {size * rounds};
}

// ── W8: posts from another thread ──

class PostLoop {
 public:
  PostLoop() {
    const auto ring = [](evutil_socket_t, short, void* self) {
      static_cast<PostLoop*>(self)->mailbox_.run();
    };
    bell_ = Event(event_new(base_.get(), -1, EV_PERSIST, ring, this));
  }
  void post(peers::Mailbox::Callback callback) {
    if (mailbox_.put(std::move(callback))) event_active(bell_.get(), EV_READ, 0);
  }
  void run() { event_base_loop(base_.get(), EVLOOP_NO_EXIT_ON_EMPTY); }
  void stop() { event_base_loopbreak(base_.get()); }

 private:
  Base base_ = (evthread_use_pthreads(), make_base());
  Event bell_;
  peers::Mailbox mailbox_;
};

// ── W9: memory of a timer that waits ──

Done sleeping_timers(long size, long) {
  const Base base = make_base();
  const timeval day = to_timeval(std::chrono::hours(24));
  for (long i = 0; i < size; ++i) {
    event_add(event_new(
                  base.get(), -1, 0, [](evutil_socket_t, short, void*) {}, nullptr),
              &day);
  }
  peers::announce_ready();
  event_base_dispatch(base.get());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const peers::CallbackWorks own{.serve_echo = serve_echo,
                                 .switch_callbacks = switch_events,
                                 .sleeps = sleeps,
                                 .cancel_timers = cancel_timers,
                                 .sleeping_timers = sleeping_timers};
  return peers::measure(argc, argv, peers::callback_works<PostLoop>(own));
}
