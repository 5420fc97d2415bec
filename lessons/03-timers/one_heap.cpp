// Three alarms, one heap, one thread; then the same again, hours apart, on virtual time.

#include <chrono>
#include <cstdio>
#include <thread>

#include <aio/clock.hpp>
#include <aio/timers.hpp>

using namespace std::chrono_literals;

namespace {

struct Alarm : aio::Timer {
  explicit Alarm(const char* what) : name(what) {}
  const char* name;
};

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// [loop]
/// Rings all alarms of a queue, each when it is due.
void ring_all(aio::TimerQueue& queue, aio::Clock& clock) {
  const auto start = clock.now();
  while (const auto next = queue.next_deadline()) {
    std::this_thread::sleep_for(*clock.poll_timeout(next));
    clock.idle_until(next);
    while (aio::Timer* due = queue.pop_due(clock.now())) {
      std::printf("%-6s rings after %6.1f s\n", static_cast<Alarm*>(due)->name,
                  seconds(clock.now() - start));
    }
  }
}
// [/loop]

void breakfast(aio::Clock& clock, std::chrono::milliseconds unit) {
  Alarm rolls("rolls"), eggs("eggs"), tea("tea");
  aio::TimerQueue queue;
  queue.push(clock.now() + 3 * unit, rolls);
  queue.push(clock.now() + 1 * unit, eggs);
  queue.push(clock.now() + 2 * unit, tea);

  const auto start = std::chrono::steady_clock::now();
  ring_all(queue, clock);
  std::printf("took %.1f s of real time\n\n", seconds(std::chrono::steady_clock::now() - start));
}

}  // namespace

int main() {
  aio::SteadyClock real;
  breakfast(real, 100ms);
  aio::VirtualClock simulated;
  breakfast(simulated, 1h);
}
