// Three requests, each answered after 200 ms, and three ways to wait for the answers.

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include <aio/aio.hpp>

using namespace std::chrono_literals;

constexpr auto answer_time = 200ms;

// [blocking]
void blocking() {
  for (int request = 0; request < 3; ++request) {
    std::this_thread::sleep_for(answer_time);  // stands for: send, then wait for the answer
  }
}
// [/blocking]

// [threads]
void with_threads() {
  std::vector<std::jthread> threads;
  for (int request = 0; request < 3; ++request) {
    threads.emplace_back([] { std::this_thread::sleep_for(answer_time); });
  }
}  // a jthread's destructor waits for its thread
// [/threads]

// [async]
aio::Coro<> ask() { co_await aio::sleep(answer_time); }

aio::Coro<> three_at_once() { co_await aio::gather(ask(), ask(), ask()); }

void async() { aio::run(three_at_once()); }
// [/async]

void time(const char* name, void (*ask_three)(), int threads) {
  const auto start = std::chrono::steady_clock::now();
  ask_three();
  const auto took = std::chrono::steady_clock::now() - start;
  std::printf("%-9s %4ld ms, threads: %d\n", name,
              long{std::chrono::floor<std::chrono::milliseconds>(took).count()}, threads);
}

int main() {
  time("blocking", blocking, 1);
  time("threads", with_threads, 1 + 3);
  time("async", async, 1);
}
