#pragma once
// Tasks that write down what they do, in virtual time, and the drawing of it.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <aio/aio.hpp>

class Timeline {
 public:
  using Seconds = std::chrono::duration<double>;
  enum class Doing : char { waits = '.', is_ready = '!', runs = '#' };
  struct Period {
    std::string task;
    Doing doing;
    double from, to;  // seconds
    double length() const { return to - from; }
    bool covers(double second) const { return from <= second && second < to; }
  };

  /// Runs `main` on a virtual clock.
  void run(aio::Coro<> main) { aio::run(std::move(main), {.clock = &clock_}); }

  /// A wait; and if the thread is taken when the wait is over, the time until it is free.
  aio::Coro<> wait(std::string task, Seconds time) {
    const double from = now(), over = from + time.count();
    co_await aio::sleep(time);
    note({task, Doing::waits, from, over});
    if (now() > over) note({task, Doing::is_ready, over, now()});
  }

  /// Work that keeps the thread busy: nothing else runs meanwhile.
  void compute(std::string task, Seconds time) {
    const double from = now();
    clock_.advance(time);
    note({task, Doing::runs, from, now()});
  }

  const std::vector<Period>& periods() const { return periods_; }
  double now() const { return Seconds(clock_.now().time_since_epoch()).count(); }

  /// A line for `task`, four columns per second.
  std::string line(std::string_view task) const {
    std::string columns;
    for (double second = 0; second < now(); second += 0.25) columns += symbol(task, second);
    return columns.substr(0, columns.find_last_not_of(' ') + 1);
  }

 private:
  char symbol(std::string_view task, double second) const {
    const auto found = std::ranges::find_if(periods_, [&](const Period& period) {
      return period.task == task && period.covers(second);
    });
    return found == periods_.end() ? ' ' : static_cast<char>(found->doing);
  }

  void note(Period period) { periods_.push_back(std::move(period)); }

  aio::VirtualClock clock_;
  std::vector<Period> periods_;
};
