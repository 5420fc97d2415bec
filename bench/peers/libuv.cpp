// libuv: callbacks in C. It has no tasks; a switch is the turn of the next idle handle.

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <uv.h>

#include "harness/callbacks.hpp"
#include "harness/mailbox.hpp"
#include "harness/peer.hpp"
#include "harness/sizes.hpp"

using peers::Done;

namespace {

void check(int result) {
  if (result < 0) throw std::runtime_error(uv_strerror(result));
}

class Loop {
 public:
  Loop() { check(uv_loop_init(&loop_)); }
  ~Loop() {
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  uv_loop_t* get() { return &loop_; }
  void run() { uv_run(&loop_, UV_RUN_DEFAULT); }

 private:
  uv_loop_t loop_{};
};

template <class Handle>
uv_handle_t* handle_of(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

// ── W1: echo ──

/// A connection, and what waits in it.
struct Client {
  uv_tcp_t socket{};
  uv_write_t request{};
  std::size_t rest = 0;  // bytes of the message that has not come completely
  std::array<char, peers::message_size> partial = {};
  std::string out;
};

std::array<char, 64 * 1024> in;  // one for all: a read is handled at once

void lend_buffer(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
  const auto& client = *static_cast<Client*>(handle->data);
  std::memcpy(in.data(), client.partial.data(), client.rest);
  buffer->base = in.data() + client.rest;
  buffer->len = in.size() - client.rest;
}

void drop(Client& client) {
  uv_close(handle_of(&client.socket), [](uv_handle_t* h) { delete static_cast<Client*>(h->data); });
}

/// Sends what the kernel takes at once; the rest waits, and so does reading.
void send_answers(Client& client);

void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
  auto& client = *static_cast<Client*>(stream->data);
  if (count < 0) return drop(client);
  const std::size_t size = client.rest + static_cast<std::size_t>(count);
  const std::size_t complete = size - size % peers::message_size;
  for (std::size_t at = 0; at < complete; at += peers::message_size) {
    client.out.append(in.data() + at, peers::message_size);
  }
  client.rest = size - complete;
  std::memcpy(client.partial.data(), in.data() + complete, client.rest);
  if (!client.out.empty()) send_answers(client);
}

void send_answers(Client& client) {
  auto* stream = reinterpret_cast<uv_stream_t*>(&client.socket);
  uv_buf_t buffer = uv_buf_init(client.out.data(), static_cast<unsigned>(client.out.size()));
  const int sent = uv_try_write(stream, &buffer, 1);
  if (sent == static_cast<int>(client.out.size())) return client.out.clear();
  if (sent > 0) client.out.erase(0, static_cast<std::size_t>(sent));
  uv_read_stop(stream);
  buffer = uv_buf_init(client.out.data(), static_cast<unsigned>(client.out.size()));
  client.request.data = &client;
  uv_write(&client.request, stream, &buffer, 1, [](uv_write_t* request, int status) {
    auto& written = *static_cast<Client*>(request->data);
    written.out.clear();
    if (status == 0) uv_read_start(request->handle, lend_buffer, on_read);
  });
}

void on_connection(uv_stream_t* listener, int status) {
  if (status < 0) return;
  auto client = std::make_unique<Client>();
  client->socket.data = client.get();
  check(uv_tcp_init(listener->loop, &client->socket));
  check(uv_accept(listener, reinterpret_cast<uv_stream_t*>(&client->socket)));
  uv_tcp_nodelay(&client->socket, 1);
  auto* stream = reinterpret_cast<uv_stream_t*>(&client.release()->socket);
  check(uv_read_start(stream, lend_buffer, on_read));
}

Done serve_echo(long, long) {
  Loop loop;
  uv_tcp_t listener;
  check(uv_tcp_init(loop.get(), &listener));
  sockaddr_in address{};
  check(uv_ip4_addr("127.0.0.1", 0, &address));
  check(uv_tcp_bind(&listener, reinterpret_cast<sockaddr*>(&address), 0));
  check(uv_listen(reinterpret_cast<uv_stream_t*>(&listener), 4096, on_connection));
  int length = sizeof address;
  check(uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&address), &length));
  peers::announce_port(ntohs(address.sin_port));
  loop.run();
  return {};
}

// ── W3: turns ──

struct Turns {
  uv_idle_t idle{};
  long left = 0;
};

Done switch_handles(long size, long rounds) {
  Loop loop;
  std::vector<Turns> all(static_cast<std::size_t>(size));
  for (Turns& one : all) {
    one.left = rounds;
    one.idle.data = &one;
    uv_idle_init(loop.get(), &one.idle);
    uv_idle_start(&one.idle, [](uv_idle_t* idle) {
      auto& self = *static_cast<Turns*>(idle->data);
      if (--self.left == 0) uv_close(handle_of(idle), nullptr);
    });
  }
  loop.run();
  return {size * rounds};
}

// ── W5: timers ──

struct Nap {
  uv_timer_t timer{};
  peers::Lateness* watched = nullptr;
  peers::Lateness::Clock::time_point due;
};

void on_nap_over(uv_timer_t* timer) {
  const auto& nap = *static_cast<Nap*>(timer->data);
  if (nap.watched != nullptr) nap.watched->add(peers::Lateness::Clock::now() - nap.due);
  uv_close(handle_of(timer), [](uv_handle_t* handle) { delete static_cast<Nap*>(handle->data); });
}

/// libuv counts in milliseconds: a nap is rounded up, so as not to end early.
Done sleeps(long size, long) {
  Loop loop;
  peers::Dice dice;
  peers::Lateness lateness;
  for (long i = 0; i < size; ++i) {
    const auto time = dice.nap(size);
    auto* nap = new Nap;
    nap->timer.data = nap;
    nap->due = peers::Lateness::Clock::now() + time;
    if (i % peers::watched_timers == 0) nap->watched = &lateness;
    uv_timer_init(loop.get(), &nap->timer);
    uv_update_time(loop.get());
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
    uv_timer_start(&nap->timer, on_nap_over, static_cast<std::uint64_t>(ms), 0);
  }
  loop.run();
  return {size, lateness.figures()};
}

Done cancel_timers(long size, long rounds) {
  Loop loop;
  peers::Dice dice;
  std::vector<uv_timer_t*> timers;
  timers.reserve(static_cast<std::size_t>(size));
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) {
      timers.push_back(new uv_timer_t);
      uv_timer_init(loop.get(), timers.back());
      const auto ms = static_cast<std::uint64_t>(dice.far().count());
      uv_timer_start(
          timers.back(), [](uv_timer_t*) {}, ms, 0);
    }
    for (uv_timer_t* timer : timers) {
      uv_close(handle_of(timer), [](uv_handle_t* h) { delete reinterpret_cast<uv_timer_t*>(h); });
    }
    timers.clear();
    loop.run();  // closing is finished by the loop
  }
  return {size * rounds};
}

// ── W8: posts from another thread ──

class PostLoop {
 public:
  PostLoop() {
    bell_.data = this;
    check(uv_async_init(loop_.get(), &bell_, [](uv_async_t* bell) {
      static_cast<PostLoop*>(bell->data)->mailbox_.run();
    }));
  }
  void post(peers::Mailbox::Callback callback) {
    if (mailbox_.put(std::move(callback))) uv_async_send(&bell_);
  }
  void run() { loop_.run(); }
  void stop() { uv_close(handle_of(&bell_), nullptr); }

 private:
  Loop loop_;
  uv_async_t bell_{};
  peers::Mailbox mailbox_;
};

// ── W9: memory of a timer that waits ──

Done sleeping_timers(long size, long) {
  Loop loop;
  for (long i = 0; i < size; ++i) {
    auto* timer = new uv_timer_t;
    uv_timer_init(loop.get(), timer);
    uv_timer_start(
        timer, [](uv_timer_t*) {}, 86'400'000, 0);
  }
  peers::announce_ready();
  loop.run();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const peers::CallbackWorks own{.serve_echo = serve_echo,
                                 .switch_callbacks = switch_handles,
                                 .sleeps = sleeps,
                                 .cancel_timers = cancel_timers,
                                 .sleeping_timers = sleeping_timers};
  return peers::measure(argc, argv, peers::callback_works<PostLoop>(own));
}
