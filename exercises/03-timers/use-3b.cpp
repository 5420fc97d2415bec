// Exercise use-3b. Check it with: ./learn check use-3b
// use-3b: sleep sort, on the queue and the virtual clock that you have built.

#include <chrono>
#include <cstddef>
#include <vector>

#include <aio/clock.hpp>
#include <aio/timers.hpp>
#include <aio/support/todo.hpp>

#include "sleep_sort.hpp"

namespace {

struct Sleeper : aio::Timer {
  int number = 0;
};

}  // namespace

//: use-3b push a timer for each number, then jump from deadline to deadline
std::vector<int> sleep_sort(const std::vector<int>& numbers, aio::VirtualClock& clock) {
  AIO_TODO("use-3b", "push a timer for each number, then jump from deadline to deadline");
}
