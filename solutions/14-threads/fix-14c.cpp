// fix-14c: what a thread has for the loop goes through the loop's mailbox, and nobody is called who
// has gone.

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/task.hpp>

#include "thermometer.hpp"

aio::Coro<double> Thermometer::measure() {
  //: fix-14c now
  aio::EventLoop& loop = aio::running_loop();
  const int number = ++measurements_;
  const aio::Future<double> measured = waiting_[number];
  const struct Measurement {
    Thermometer& thermometer;
    int number;
    ~Measurement() {
      thermometer.driver_.cancel(number);
      thermometer.waiting_.erase(number);
    }
  } measurement{*this, number};
  driver_.begin(number, [this, &loop, number](double degrees) {
    loop.call_soon_threadsafe([this, number, degrees] { arrived(number, degrees); });
  });
  co_return co_await measured;
  //: fix-14c was
  // const int number = ++measurements_;
  // const aio::Future<double> measured = waiting_[number];
  // driver_.begin(number, [this, number](double degrees) { arrived(number, degrees); });
  // const double degrees = co_await measured;
  // waiting_.erase(number);
  // co_return degrees;
  //: fix-14c end
}
