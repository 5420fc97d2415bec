// Asio with C++20 coroutines. All types name the io_context's own executor, which is faster than
// the one that can be any, and the context is told that one thread runs it.

#include <array>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/channel.hpp>

#include "harness/peer.hpp"
#include "harness/sizes.hpp"

using peers::Done;

namespace {

using Executor = asio::io_context::executor_type;
template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> use_awaitable;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Channel = asio::experimental::channel<Executor, void(asio::error_code, long)>;

constexpr int one_thread = 1;

/// A coroutine that fails ends the program.
constexpr auto must_succeed = [](const std::exception_ptr& failure, auto...) {
  if (failure) std::rethrow_exception(failure);
};

// ── W1: echo ──

Awaitable<> serve_messages(Socket socket) {
  std::array<char, 4096> in, out;
  std::size_t rest = 0;  // bytes of the message that has not come completely
  for (;;) {
    const std::size_t count = co_await socket.async_read_some(
        asio::buffer(in.data() + rest, in.size() - rest), use_awaitable);
    const std::size_t size = rest + count;
    rest = size % peers::message_size;
    for (std::size_t at = 0; at < size - rest; at += peers::message_size) {
      std::memcpy(out.data() + at, in.data() + at, peers::message_size);
    }
    std::memmove(in.data(), in.data() + size - rest, rest);
    if (size > rest) {
      co_await asio::async_write(socket, asio::buffer(out.data(), size - rest), use_awaitable);
    }
  }
}

Awaitable<> accept_all(Acceptor& acceptor) {
  for (;;) {
    Socket socket = co_await acceptor.async_accept(use_awaitable);
    socket.set_option(asio::ip::tcp::no_delay(true));
    const Executor executor = acceptor.get_executor();
    asio::co_spawn(executor, serve_messages(std::move(socket)), asio::detached);
  }
}

Done serve_echo(long, long) {
  asio::io_context context(one_thread);
  const asio::ip::tcp::endpoint anywhere(asio::ip::address_v4::loopback(), 0);
  Acceptor acceptor(context, anywhere);
  peers::announce_port(acceptor.local_endpoint().port());
  asio::co_spawn(context, accept_all(acceptor), must_succeed);
  context.run();
  return {};
}

// ── W2, W3, W4, W6: coroutines ──

Awaitable<> trivial() { co_return; }

/// Joining is running until nothing is left.
Done spawn(long size, long rounds) {
  asio::io_context context(one_thread);
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) asio::co_spawn(context, trivial(), must_succeed);
    context.restart();
    context.run();
  }
  return {size * rounds};
}

Awaitable<> take_turns(Executor executor, long turns) {
  for (long i = 0; i < turns; ++i) co_await asio::post(executor, use_awaitable);
}

Done switch_coroutines(long size, long rounds) {
  asio::io_context context(one_thread);
  for (long i = 0; i < size; ++i) {
    asio::co_spawn(context, take_turns(context.get_executor(), rounds), must_succeed);
  }
  context.run();
  return {size * rounds};
}

Awaitable<long> child(long value) { co_return value; }

Awaitable<long> call_children(long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) sum += co_await child(i);
  co_return sum;
}

Done await_child(long size, long rounds) {
  asio::io_context context(one_thread);
  asio::co_spawn(context, call_children(size * rounds), must_succeed);
  context.run();
  return {size * rounds};
}

Done gather(long size, long rounds) {
  asio::io_context context(one_thread);
  for (long round = 0; round < rounds; ++round) {
    std::vector<long> results(static_cast<std::size_t>(size));
    for (long i = 0; i < size; ++i) {
      const auto keep = [&result = results[static_cast<std::size_t>(i)]](
                            const std::exception_ptr&, long value) { result = value; };
      asio::co_spawn(context, child(i), keep);
    }
    context.restart();
    context.run();
  }
  return {size * rounds};
}

// ── W5: timers ──

Awaitable<> nap(Executor executor, std::chrono::microseconds time, peers::Lateness* watched) {
  const auto due = peers::Lateness::Clock::now() + time;
  Timer timer(executor, time);
  co_await timer.async_wait(use_awaitable);
  if (watched != nullptr) watched->add(peers::Lateness::Clock::now() - due);
}

Done sleeps(long size, long) {
  asio::io_context context(one_thread);
  peers::Dice dice;
  peers::Lateness lateness;
  for (long i = 0; i < size; ++i) {
    peers::Lateness* watched = i % peers::watched_timers == 0 ? &lateness : nullptr;
    asio::co_spawn(context, nap(context.get_executor(), dice.nap(size), watched), must_succeed);
  }
  context.run();
  return {size, lateness.figures()};
}

// ── W7: a channel is Asio's queue ──

Awaitable<> produce(Channel& channel, long items) {
  for (long i = 0; i < items; ++i) co_await channel.async_send({}, i, use_awaitable);
}

Awaitable<> consume(Channel& channel, long items) {
  for (long i = 0; i < items; ++i) co_await channel.async_receive(use_awaitable);
}

Done queue_items(long size, long rounds) {
  asio::io_context context(one_thread);
  const long items = rounds * peers::items_each_round;
  Channel channel(context.get_executor(), static_cast<std::size_t>(size));
  asio::co_spawn(context, produce(channel, items), must_succeed);
  asio::co_spawn(context, consume(channel, items), must_succeed);
  context.run();
  return {items};
}

// ── W9: memory of a coroutine that sleeps ──

Awaitable<> sleep_long(Executor executor) {
  Timer timer(executor, std::chrono::hours(24));
  co_await timer.async_wait(use_awaitable);
}

Done sleeping_coroutines(long size, long) {
  asio::io_context context(one_thread);
  for (long i = 0; i < size; ++i) {
    asio::co_spawn(context, sleep_long(context.get_executor()), must_succeed);
  }
  context.poll();
  peers::announce_ready();
  context.run();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  return peers::measure(argc, argv,
                        {{"W1", serve_echo, false},
                         {"W1p", serve_echo, false},
                         {"W2", spawn},
                         {"W3", switch_coroutines},
                         {"W4", await_child},
                         {"W5.sleeps", sleeps, false},
                         {"W6", gather},
                         {"W7.queue", queue_items},
                         {"W9.tasks", sleeping_coroutines, false}});
}
