// Asio with callbacks.

#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <asio.hpp>

#include "harness/callbacks.hpp"
#include "harness/peer.hpp"
#include "harness/sizes.hpp"

using peers::Done;

namespace {

using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr int one_thread = 1;

// ── W1: echo ──

class Client : public std::enable_shared_from_this<Client> {
 public:
  explicit Client(Socket socket) : socket_(std::move(socket)) {}
  void read() {
    socket_.async_read_some(
        asio::buffer(in_.data() + rest_, in_.size() - rest_),
        [self = shared_from_this()](const asio::error_code& error, std::size_t count) {
          if (!error) self->answer(self->rest_ + count);
        });
  }

 private:
  void answer(std::size_t size) {
    rest_ = size % peers::message_size;
    for (std::size_t at = 0; at < size - rest_; at += peers::message_size) {
      std::memcpy(out_.data() + at, in_.data() + at, peers::message_size);
    }
    std::memmove(in_.data(), in_.data() + size - rest_, rest_);
    if (size == rest_) return read();
    asio::async_write(socket_, asio::buffer(out_.data(), size - rest_),
                      [self = shared_from_this()](const asio::error_code& error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  Socket socket_;
  std::size_t rest_ = 0;  // bytes of the message that has not come completely
  std::array<char, 4096> in_, out_;
};

void accept_one(Acceptor& acceptor) {
  acceptor.async_accept([&acceptor](const asio::error_code& error, Socket socket) {
    if (error) return;
    socket.set_option(asio::ip::tcp::no_delay(true));
    std::make_shared<Client>(std::move(socket))->read();
    accept_one(acceptor);
  });
}

Done serve_echo(long, long) {
  asio::io_context context(one_thread);
  const asio::ip::tcp::endpoint anywhere(asio::ip::address_v4::loopback(), 0);
  Acceptor acceptor(context, anywhere);
  peers::announce_port(acceptor.local_endpoint().port());
  accept_one(acceptor);
  context.run();
  return {};
}

// ── W3: turns ──

struct Turn {
  Executor executor;
  long left;
  void take() {
    if (left-- > 0) asio::post(executor, [this] { take(); });
  }
};

Done switch_callbacks(long size, long rounds) {
  asio::io_context context(one_thread);
  std::vector<Turn> all(static_cast<std::size_t>(size), Turn{context.get_executor(), rounds});
  for (Turn& turn : all) turn.take();
  context.run();
  return {size * rounds};
}

// ── W5: timers ──

Done sleeps(long size, long) {
  asio::io_context context(one_thread);
  peers::Dice dice;
  peers::Lateness lateness;
  for (long i = 0; i < size; ++i) {
    const auto time = dice.nap(size);
    const auto due = peers::Lateness::Clock::now() + time;
    auto timer = std::make_unique<Timer>(context.get_executor(), time);
    Timer& waiting = *timer;
    waiting.async_wait([&lateness, due, kept = std::move(timer),
                        watched = i % peers::watched_timers == 0](const asio::error_code&) {
      if (watched) lateness.add(peers::Lateness::Clock::now() - due);
    });
  }
  context.run();
  return {size, lateness.figures()};
}

Done cancel_timers(long size, long rounds) {
  asio::io_context context(one_thread);
  peers::Dice dice;
  std::vector<Timer> timers;
  timers.reserve(static_cast<std::size_t>(size));
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) {
      timers.emplace_back(context.get_executor(), dice.far());
      timers.back().async_wait([](const asio::error_code&) {});
    }
    for (Timer& timer : timers) timer.cancel();
    timers.clear();
    context.restart();
    context.run();  // each handler is told
  }
  return {size * rounds};
}

// ── W8: posts from another thread ──

class PostLoop {
 public:
  template <class Callback>
  void post(Callback callback) {
    asio::post(context_, std::move(callback));
  }
  void run() { context_.run(); }
  void stop() { context_.stop(); }

 private:
  asio::io_context context_;
  asio::executor_work_guard<Executor> stays_{context_.get_executor()};
};

// ── W9: memory of a timer that waits ──

Done sleeping_timers(long size, long) {
  asio::io_context context(one_thread);
  for (long i = 0; i < size; ++i) {
    auto timer = std::make_unique<Timer>(context.get_executor(), std::chrono::hours(24));
    Timer& waiting = *timer;
    waiting.async_wait([kept = std::move(timer)](const asio::error_code&) {});
  }
  context.poll();
  peers::announce_ready();
  context.run();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const peers::CallbackWorks own{.serve_echo = serve_echo,
                                 .switch_callbacks = switch_callbacks,
                                 .sleeps = sleeps,
                                 .cancel_timers = cancel_timers,
                                 .sleeping_timers = sleeping_timers};
  return peers::measure(argc, argv, peers::callback_works<PostLoop>(own));
}
