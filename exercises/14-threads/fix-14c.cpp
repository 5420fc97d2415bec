// Exercise fix-14c. Check it with: ./learn check fix-14c
// fix-14c: what a thread has for the loop goes through the loop's mailbox, and nobody is called who
// has gone.

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/task.hpp>

#include "thermometer.hpp"

aio::Coro<double> Thermometer::measure() {
  const int number = ++measurements_;
  const aio::Future<double> measured = waiting_[number];
  driver_.begin(number, [this, number](double degrees) { arrived(number, degrees); });
  const double degrees = co_await measured;
  waiting_.erase(number);
  co_return degrees;
}
