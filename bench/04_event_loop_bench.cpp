// Lesson 04: a byte goes through a pipe and comes back through another, n times. Both ends in one
// function, a thread at the far end, and two readers on one loop. Beside it: what it costs to pass
// control on by a call, by a callback, and to another thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <semaphore>
#include <thread>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>

#include "support/compare.hpp"
#include "support/pipe.hpp"

namespace {

struct Pipe : bench::Pipe {
  void put() const {
    aio::check_syscall("write", static_cast<int>(::write(writing.get(), "x", 1)));
  }
  void take() const {
    char byte;
    aio::check_syscall("read", static_cast<int>(::read(reading.get(), &byte, 1)));
  }
};

void in_one_function(int n) {
  const Pipe there, back;
  for (int i = 0; i < n; ++i) {
    there.put();
    there.take();
    back.put();
    back.take();
  }
}

void with_a_thread(int n) {
  const Pipe there, back;
  const std::jthread far_end([&, n] {
    for (int i = 0; i < n; ++i) {
      there.take();
      back.put();
    }
  });
  for (int i = 0; i < n; ++i) {
    there.put();
    back.take();
  }
}

void with_two_readers(int n) {
  aio::EventLoop loop;
  const Pipe there, back;
  loop.add_reader(there.reading.get(), [&] {
    there.take();
    back.put();
  });
  loop.add_reader(back.reading.get(), [&, left = n]() mutable {
    back.take();
    if (--left == 0) return loop.stop();
    there.put();
  });
  there.put();
  loop.run_forever();
}

// ── one step of control ──

void one_call(benchmark::State& state) {
  std::uint64_t count = 0;
  const std::function<void()> callee = [&] { ++count; };
  for (auto _ : state) callee();
  benchmark::DoNotOptimize(count);
}

void one_callback(benchmark::State& state) {
  constexpr int batch = 100;  // some are always queued, as in a loop that is busy
  aio::EventLoop loop;
  std::uint64_t count = 0;
  while (state.KeepRunningBatch(batch)) {
    for (int i = 0; i < batch; ++i) loop.call_soon([&count] { ++count; });
    loop.run_once();
  }
  benchmark::DoNotOptimize(count);
}

void one_hand_off(benchmark::State& state) {
  std::binary_semaphore there(0), back(0);
  std::atomic<bool> ended = false;
  const std::jthread other([&] {
    for (there.acquire(); !ended; there.acquire()) back.release();
  });
  for (auto _ : state) {
    there.release();
    back.acquire();
  }
  ended = true;
  there.release();
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Comparison ping_pong{
      .sizes = {1, 10, 100, 1'000, 10'000},
      .sync = {.work = in_one_function},
      .thread = {.work = with_a_thread},
      .async = {.work = with_two_readers},
  };
  benchmark::RegisterBenchmark("BM_call/1", one_call);
  benchmark::RegisterBenchmark("BM_callback/1", one_callback);
  benchmark::RegisterBenchmark("BM_hand-off/1", one_hand_off)->UseRealTime();
  return bench::run(argc, argv, ping_pong);
}
