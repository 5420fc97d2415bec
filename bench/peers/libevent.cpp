// libevent: callbacks in C. It has no tasks; a switch is the turn of the next active event.

#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "harness/mailbox.hpp"
#include "harness/peer.hpp"
#include "harness/posts.hpp"
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

/// A bufferevent collects what is written and sends it when the loop comes round.
void on_read(bufferevent* client, void*) {
  evbuffer* in = bufferevent_get_input(client);
  evbuffer* out = bufferevent_get_output(client);
  while (evbuffer_get_length(in) >= peers::message_size) {
    evbuffer_remove_buffer(in, out, peers::message_size);
  }
}

void on_end(bufferevent* client, short what, void*) {
  if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0) bufferevent_free(client);
}

void on_connection(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bufferevent* client =
      bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
  bufferevent_setcb(client, on_read, nullptr, on_end, nullptr);
  bufferevent_enable(client, EV_READ | EV_WRITE);
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
    const auto time = dice.nap();
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
    event_add(event_new(base.get(), -1, 0, [](evutil_socket_t, short, void*) {}, nullptr), &day);
  }
  peers::announce_ready();
  event_base_dispatch(base.get());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  return peers::measure(argc, argv,
                        {{"W1", serve_echo, false},
                         {"W1p", serve_echo, false},
                         {"W3", switch_events},
                         {"W5.sleeps", sleeps, false},
                         {"W5.cancel", cancel_timers},
                         {"W8.posts", peers::posts<PostLoop>, false},
                         {"W8.wake", peers::wake_ups<PostLoop>, false},
                         {"W9.tasks", sleeping_timers, false}});
}
