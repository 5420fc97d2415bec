// Draws what three tasks do, second by second.

#include <cstdio>

#include "three_tasks.hpp"

int main() {
  timeline.run(all_three());
  std::puts("seconds  0   1   2   3   4");
  for (const char* task : {"news", "photo", "users"}) {
    std::printf("%-8s %s\n", task, timeline.line(task).c_str());
  }
  std::puts("\n. waits   ! could go on, but the thread is taken   # runs");
}
