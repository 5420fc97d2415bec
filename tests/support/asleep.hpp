#pragma once
// Whether a thread sleeps in the kernel, for tests of what wakes it.

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include <sys/types.h>

namespace tests {

/// Waits until a thread of this process sleeps, which is where it will stay if nobody wakes it.
/// REQUIRES: it is on its way there, and nothing else can let it wait. Returns false when it does
/// not within two seconds.
inline bool falls_asleep(pid_t thread) {
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < late) {
    std::ifstream about("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string text;
    std::getline(about, text);  // "12 (name) S …"
    const std::size_t end_of_name = text.rfind(") ");
    if (end_of_name != std::string::npos && text[end_of_name + 2] == 'S') return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace tests
