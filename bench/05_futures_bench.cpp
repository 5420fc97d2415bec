// Lesson 05: a value is handed over n times, from who produces it to who waits for it. By return,
// by std::promise between two threads, and by Future on one loop. Beside it: what one costs.

#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <semaphore>
#include <thread>

#include <benchmark/benchmark.h>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>

#include "support/compare.hpp"

namespace {

// ── by return ──

/// Not inlined: the compiler cannot know which function this is.
std::function<int(int)> producer() {
  return [](int i) { return i + 1; };
}

void by_return(int n) {
  const auto produce = producer();
  std::int64_t sum = 0;
  for (int i = 0; i < n; ++i) sum += produce(i);
  benchmark::DoNotOptimize(sum);
}

// ── by std::promise ──

/// A thread that fulfils one promise after the other.
class Producer {
 public:
  ~Producer() {
    asked_.emplace();
    ready_.release();
  }
  std::future<int> produce(int i) {
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    asked_.emplace(Question{i, std::move(promise)});
    ready_.release();
    return future;
  }

 private:
  struct Question {
    int number = -1;  // -1: there are no more
    std::promise<int> answer{};
  };
  std::optional<Question> asked_{};
  std::binary_semaphore ready_{0};
  std::jthread thread_{[this] {
    for (ready_.acquire(); asked_->number >= 0; ready_.acquire()) {
      Question question = std::move(*asked_);  // before the answer, since a new question follows it
      question.answer.set_value(question.number + 1);
    }
  }};
};

void by_promise(int n) {
  Producer producer;
  std::int64_t sum = 0;
  for (int i = 0; i < n; ++i) sum += producer.produce(i).get();
  benchmark::DoNotOptimize(sum);
}

// ── by Future ──

/// Asks for the next value in the done callback of the one before.
class Chain {
 public:
  Chain(aio::EventLoop& loop, int n) : loop_(loop), left_(n) {}
  std::int64_t run() {
    ask();
    loop_.run_forever();
    return sum_;
  }

 private:
  void ask() {
    const aio::Future<int> answer(loop_);
    answer.add_done_callback([this](auto& done) { take(done.result()); });
    answer.set_result(left_ + 1);
  }
  void take(int value) {
    sum_ += value;
    if (--left_ == 0) return loop_.stop();
    ask();
  }

  aio::EventLoop& loop_;
  int left_;
  std::int64_t sum_ = 0;
};

void by_future(int n) {
  aio::EventLoop loop;
  const std::int64_t sum = Chain(loop, n).run();
  benchmark::DoNotOptimize(sum);
}

// ── one hand-over ──

void one_return(benchmark::State& state) {
  const auto produce = producer();
  for (auto _ : state) benchmark::DoNotOptimize(produce(1));
}

void one_promise(benchmark::State& state) {
  Producer producer;
  for (auto _ : state) benchmark::DoNotOptimize(producer.produce(1).get());
}

/// The promise alone, without another thread to wake.
void one_promise_alone(benchmark::State& state) {
  for (auto _ : state) {
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    promise.set_value(1);
    benchmark::DoNotOptimize(future.get());
  }
}

void one_future(benchmark::State& state) {
  constexpr int batch = 100;  // some are always under way, as in a loop that is busy
  aio::EventLoop loop;
  std::int64_t sum = 0;
  while (state.KeepRunningBatch(batch)) {
    for (int i = 0; i < batch; ++i) {
      const aio::Future<int> answer(loop);
      answer.add_done_callback([&sum](auto& done) { sum += done.result(); });
      answer.set_result(i);
    }
    loop.run_once();
  }
  benchmark::DoNotOptimize(sum);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Comparison hand_over{
      .sizes = {1, 10, 100, 1'000, 10'000},
      .sync = {.work = by_return},
      .thread = {.work = by_promise},
      .async = {.work = by_future},
  };
  benchmark::RegisterBenchmark("BM_return/1", one_return);
  benchmark::RegisterBenchmark("BM_future/1", one_future);
  benchmark::RegisterBenchmark("BM_promise/1", one_promise_alone);
  benchmark::RegisterBenchmark("BM_hand-off/1", one_promise)->UseRealTime();
  return bench::run(argc, argv, hand_over);
}
