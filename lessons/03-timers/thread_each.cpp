// A thousand alarms for the same moment, each in a thread of its own.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

int main() {
  constexpr std::size_t count = 1'000;
  const auto moment = std::chrono::steady_clock::now() + 200ms;
  std::vector<std::size_t> rang;
  std::mutex mutex;
  {
    // [threads]
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        std::this_thread::sleep_until(moment);
        const std::lock_guard lock(mutex);
        rang.push_back(i);
      });
    }
    // [/threads]
  }
  std::size_t displaced = 0;
  for (std::size_t i = 0; i < count; ++i) displaced += rang[i] != i;
  std::printf("%zu threads, all for the same moment: %zu rang out of turn\n", count, displaced);
}
