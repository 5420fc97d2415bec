// A program of your own: change it as you like, and run it with ./learn try 03. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/clock.hpp>
#include <aio/timers.hpp>

using namespace std::chrono_literals;

struct Alarm : aio::Timer {
  explicit Alarm(const char* what) : name(what) {}
  const char* name;
};

int main() {
  aio::VirtualClock clock;  // stands still until it is told to go on
  aio::TimerQueue queue;
  Alarm tea("tea"), toast("toast");
  queue.push(clock.now() + 20ms, tea);
  queue.push(clock.now() + 10ms, toast);

  clock.advance(30ms);
  while (aio::Timer* due = queue.pop_due(clock.now())) {
    std::puts(static_cast<Alarm*>(due)->name);
  }
}
