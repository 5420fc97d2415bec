// Three alarms, naively: sleep for the first, then for the second, then for the third.

#include <chrono>
#include <cstdio>
#include <thread>

using namespace std::chrono_literals;

struct Alarm {
  const char* name;
  std::chrono::milliseconds after;  // counted from the start of the program
};

int main() {
  const Alarm alarms[] = {{"rolls", 300ms}, {"eggs", 100ms}, {"tea", 200ms}};
  const auto start = std::chrono::steady_clock::now();
  // [sleep]
  for (const Alarm& alarm : alarms) {
    std::this_thread::sleep_for(alarm.after);
    const std::chrono::duration<double, std::milli> now = std::chrono::steady_clock::now() - start;
    std::printf("%-6s due after %3d ms, rings after %3.0f ms\n", alarm.name,
                static_cast<int>(alarm.after.count()), now.count());
  }
  // [/sleep]
}
