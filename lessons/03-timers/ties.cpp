// Predict: in which order do these timers ring?

#include <chrono>
#include <cstdio>

#include <aio/clock.hpp>
#include <aio/timers.hpp>

using namespace std::chrono_literals;

namespace {

struct Alarm : aio::Timer {
  explicit Alarm(const char* what) : name(what) {}
  const char* name;
};

aio::VirtualClock virtual_clock;  // stands at 0
aio::TimerQueue queue;

void set(Alarm& alarm, aio::Clock::duration when) {
  queue.push(aio::Clock::time_point(when), alarm);
}

void ring_what_is_due() {
  while (aio::Timer* due = queue.pop_due(virtual_clock.now())) {
    std::printf("%s\n", static_cast<Alarm*>(due)->name);
  }
}

}  // namespace

int main() {
  Alarm tea("tea"), toast("toast"), milk("milk"), bell("bell"), door("door"), lamp("lamp");
  // [ties]
  set(tea, 20ms);
  set(toast, 10ms);
  set(milk, 20ms);
  queue.cancel(tea);
  set(tea, 20ms);

  virtual_clock.advance(15ms);
  ring_what_is_due();

  set(lamp, 20ms);
  set(door, 15ms);
  set(bell, 5ms);

  virtual_clock.advance(5ms);
  ring_what_is_due();
  // [/ties]
}
