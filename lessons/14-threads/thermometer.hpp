#pragma once
// Exercise fix-14c: a driver that calls back, in a thread of its own.

#include <functional>
#include <map>

#include <aio/coro.hpp>
#include <aio/future.hpp>

/// A driver of the usual kind. It is called by the loop's thread.
class Driver {
 public:
  virtual ~Driver() = default;
  /// Begins a measurement. When it is there, `done(degrees)` is called, once, in a thread of the
  /// driver's.
  virtual void begin(int number, std::function<void(double degrees)> done) = 0;
  /// When this returns, `done` has been called, or it never will be. Nothing happens when that
  /// was so before.
  virtual void cancel(int number) = 0;
};

/// Measures for coroutines. It must outlive the loop that they run on.
class Thermometer {
 public:
  explicit Thermometer(Driver& driver) : driver_(driver) {}

  /// Measures: so many degrees. Any number of measurements may go on at a time. When it is
  /// cancelled, the driver is told, and calls nobody any more.
  aio::Coro<double> measure();

 private:
  /// The loop's thread only: gives the result to whoever waits for it, if anybody still does.
  void arrived(int number, double degrees) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end() || found->second.done()) return;
    found->second.set_result(degrees);
  }

  Driver& driver_;
  int measurements_ = 0;
  std::map<int, aio::Future<double>> waiting_;
};
