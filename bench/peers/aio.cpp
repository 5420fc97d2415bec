// The runtime of this kit. Compiled a second time on the learner's layers (--variant mine).

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <aio/aio.hpp>
#if __has_include(<aio/queue.hpp>)
#include <aio/queue.hpp>
#include <aio/sync.hpp>
#endif

#include "harness/peer.hpp"
#include "harness/posts.hpp"
#include "harness/sizes.hpp"
#include "harness/slow.hpp"

using namespace std::chrono_literals;
using peers::Done;

namespace {

// ── W1: echo ──

aio::Coro<> echo(aio::Stream stream) {
  for (;;) {
    const std::string received = co_await stream.read();
    if (received.empty()) co_return;
    co_await stream.write_all(received);
  }
}

aio::Coro<> answer_messages(aio::Stream stream) {
  for (;;) {
    const std::string message = co_await stream.read_exactly(peers::message_size);
    stream.write(message);
    co_await stream.drain();
  }
}

template <class Handler>
aio::Coro<> serve(Handler handler) {
  aio::Server server = co_await aio::start_server(handler, "127.0.0.1", 0);
  peers::announce_port(server.port());
  co_await server.serve_forever();
}

/// Clients that leave in the middle of everything are no news here.
template <class Handler>
Done run_server(Handler handler) {
  aio::EventLoop loop;
  loop.set_exception_handler([](const aio::ExceptionContext&) {});
  loop.run_until_complete(serve(handler));
  return {};
}

Done serve_echo(long, long) { return run_server(echo); }
Done serve_messages(long, long) { return run_server(answer_messages); }

// ── W2, W3, W4: tasks ──

aio::Coro<> trivial() { co_return; }

aio::Coro<> spawn_and_join(long size, long rounds) {
  std::vector<aio::Task<>> tasks;
  tasks.reserve(static_cast<std::size_t>(size));
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) tasks.push_back(aio::create_task(trivial()));
    for (const aio::Task<>& task : tasks) co_await task;
    tasks.clear();
  }
}

Done spawn(long size, long rounds) {
  aio::run(spawn_and_join(size, rounds));
  return {size * rounds};
}

aio::Coro<> take_turns(long turns) {
  for (long i = 0; i < turns; ++i) co_await aio::sleep(0s);
}

aio::Coro<> all_take_turns(long tasks, long turns) {
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < tasks; ++i) all.push_back(take_turns(turns));
  co_await aio::gather(std::move(all));
}

Done switch_tasks(long size, long rounds) {
  aio::run(all_take_turns(size, rounds));
  return {size * rounds};
}

aio::Coro<long> child(long value) { co_return value; }

aio::Coro<long> call_children(long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) sum += co_await child(i);
  co_return sum;
}

Done await_child(long size, long rounds) {
  aio::run(call_children(size * rounds));
  return {size * rounds};
}

// ── W5: timers ──

aio::Coro<> nap(std::chrono::microseconds time, peers::Lateness* watched) {
  const auto due = peers::Lateness::Clock::now() + time;
  co_await aio::sleep(time);
  if (watched != nullptr) watched->add(peers::Lateness::Clock::now() - due);
}

aio::Coro<> all_nap(long size, peers::Lateness& lateness) {
  peers::Dice dice;
  std::vector<aio::Task<>> tasks;
  for (long i = 0; i < size; ++i) {
    const auto time = dice.nap(size);
    tasks.push_back(
        aio::create_task(nap(time, i % peers::watched_timers == 0 ? &lateness : nullptr)));
  }
  for (const aio::Task<>& task : tasks) co_await task;
}

Done sleeps(long size, long) {
  peers::Lateness lateness;
  aio::run(all_nap(size, lateness));
  return {size, lateness.figures()};
}

/// The same on a clock that jumps from deadline to deadline: for counting, which must not depend
/// on the time of day.
Done sleeps_without_waiting(long size, long rounds) {
  peers::Lateness lateness;
  aio::VirtualClock clock;
  for (long round = 0; round < rounds; ++round) {
    aio::run(all_nap(size, lateness), aio::LoopOptions{.clock = &clock});
  }
  return {size * rounds};
}

aio::Coro<> start_and_cancel(long size, long rounds) {
  peers::Dice dice;
  std::vector<aio::TimerHandle> timers;
  timers.reserve(static_cast<std::size_t>(size));
  aio::EventLoop& loop = aio::running_loop();
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) {
      timers.push_back(loop.call_later(dice.far(), [] {}));
    }
    for (aio::TimerHandle& timer : timers) timer.cancel();
    timers.clear();
  }
  co_return;
}

Done cancel_timers(long size, long rounds) {
  aio::run(start_and_cancel(size, rounds));
  return {size * rounds};
}

// ── W6: gather ──

aio::Coro<long> gather_many(long size, long rounds) {
  long sum = 0;
  for (long round = 0; round < rounds; ++round) {
    std::vector<aio::Coro<long>> children;
    children.reserve(static_cast<std::size_t>(size));
    for (long i = 0; i < size; ++i) children.push_back(child(i));
    const std::vector<long> results = co_await aio::gather(std::move(children));
    for (const long result : results) sum += result;
  }
  co_return sum;
}

Done gather(long size, long rounds) {
  aio::run(gather_many(size, rounds));
  return {size * rounds};
}

// ── W7: queue, semaphore ──
#if __has_include(<aio/queue.hpp>)

aio::Coro<> produce(aio::Queue<long>& queue, long items) {
  for (long i = 0; i < items; ++i) co_await queue.put(i);
}

aio::Coro<> consume(aio::Queue<long>& queue, long items) {
  for (long i = 0; i < items; ++i) co_await queue.get();
}

aio::Coro<> produce_and_consume(long capacity, long items) {
  aio::Queue<long> queue(capacity);
  co_await aio::gather(produce(queue, items), consume(queue, items));
}

Done queue_items(long size, long rounds) {
  const long items = rounds * peers::items_each_round;
  aio::run(produce_and_consume(size, items));
  return {items};
}

aio::Coro<> acquire_free(long count) {
  aio::Semaphore semaphore(1);
  for (long i = 0; i < count; ++i) {
    co_await semaphore.acquire();
    semaphore.release();
  }
}

Done semaphore_free(long size, long rounds) {
  aio::run(acquire_free(size * rounds));
  return {size * rounds};
}

aio::Coro<> hold_in_turn(aio::Semaphore& semaphore, long count) {
  for (long i = 0; i < count; ++i) {
    co_await semaphore.acquire();
    co_await aio::sleep(0s);
    semaphore.release();
  }
}

aio::Coro<> contend(long tasks, long turns) {
  aio::Semaphore semaphore(1);
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < tasks; ++i) all.push_back(hold_in_turn(semaphore, turns));
  co_await aio::gather(std::move(all));
}

Done semaphore_contended(long size, long rounds) {
  aio::run(contend(size, rounds));
  return {size * rounds};
}

#endif
// ── W8: posts from another thread ──

template <class Loop>
concept TakesPosts = requires(Loop& loop) {
  loop.call_soon_threadsafe([] {});
};

template <TakesPosts Loop>
class PostLoop {
 public:
  template <class Callback>
  void post(Callback callback) {
    loop_.call_soon_threadsafe(std::move(callback));
  }
  void run() { loop_.run_forever(); }
  void stop() { loop_.stop(); }

 private:
  Loop loop_;
};

/// A learner's loop may be from before there were posts.
template <class Loop>
void add_posts(std::vector<peers::Work>& all) {
  if constexpr (TakesPosts<Loop>) {
    all.push_back({"W8.posts", peers::posts<PostLoop<Loop>>, false});
    all.push_back({"W8.wake", peers::wake_ups<PostLoop<Loop>>, false});
  }
}

// ── W9: memory ──

aio::Coro<> sleep_long() { co_await aio::sleep(24h); }

aio::Coro<> many_sleep(long size) {
  for (long i = 0; i < size; ++i) aio::create_task(sleep_long());
  co_await aio::sleep(1ms);
  peers::announce_ready();
  co_await aio::sleep(24h);
}

Done sleeping_tasks(long size, long) {
  aio::run(many_sleep(size));
  return {};
}

// ── W10: the tutorials' headline ──

aio::Coro<> ask(std::uint16_t port) {
  aio::Stream stream = co_await aio::open_connection("127.0.0.1", port);
  co_await stream.write_all("?");
  co_await stream.read_exactly(1);
}

aio::Coro<> ask_all(long size, std::uint16_t port) {
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < size; ++i) all.push_back(ask(port));
  co_await aio::gather(std::move(all));
}

Done requests(long size, long) {
  return peers::request_slowly([size](std::uint16_t port) { aio::run(ask_all(size, port)); });
}

aio::Coro<> wait_half_a_second() { co_await aio::sleep(peers::slow); }

aio::Coro<> wait_all(long size) {
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < size; ++i) all.push_back(wait_half_a_second());
  co_await aio::gather(std::move(all));
}

Done waits(long size, long) {
  return peers::took([size] { aio::run(wait_all(size)); });
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<peers::Work> all {
    {"W1", serve_echo, false}, {"W1p", serve_messages, false}, {"W2", spawn}, {"W3", switch_tasks},
        {"W4", await_child}, {"W5.sleeps", sleeps, false}, {"W5.virtual", sleeps_without_waiting},
        {"W5.cancel", cancel_timers}, {"W6", gather},
#if __has_include(<aio/queue.hpp>)
        {"W7.queue", queue_items}, {"W7.free", semaphore_free},
        {"W7.contended", semaphore_contended},
#endif
        {"W9.tasks", sleeping_tasks, false}, {"W10.requests", requests, false}, {
      "W10.waits", waits, false
    }
  };
  add_posts<aio::EventLoop>(all);
  return peers::measure(argc, argv, all);
}
