// use-3b: sleep sort, on the queue and the virtual clock that you have built.

#include <chrono>
#include <cstddef>
#include <vector>

#include <aio/clock.hpp>
#include <aio/timers.hpp>

#include "sleep_sort.hpp"

namespace {

struct Sleeper : aio::Timer {
  int number = 0;
};

}  // namespace

//: use-3b push a timer for each number, then jump from deadline to deadline
std::vector<int> sleep_sort(const std::vector<int>& numbers, aio::VirtualClock& clock) {
  aio::TimerQueue queue;
  std::vector<Sleeper> sleepers(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    sleepers[i].number = numbers[i];
    queue.push(clock.now() + std::chrono::seconds(numbers[i]), sleepers[i]);
  }
  std::vector<int> awake;
  while (clock.idle_until(queue.next_deadline())) {
    while (aio::Timer* due = queue.pop_due(clock.now())) {
      awake.push_back(static_cast<Sleeper*>(due)->number);
    }
  }
  return awake;
}
