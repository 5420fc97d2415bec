#pragma once
// Several attempts at one thing, each begun a little later than the one before; the first to
// succeed wins. Given to lesson 12, whose connections are made in this way, and told in lesson 15.
//
// As in RFC 8305 ("happy eyeballs") and asyncio's staggered_race.

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/result.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

namespace aio {

namespace layers {
inline constexpr const char* staggered_race = __FILE__;  // which copy was compiled
}

/// Begins an attempt.
template <class T>
using Attempt = std::move_only_function<Coro<T>()>;

/// How a race has ended.
template <class T>
struct Race {
  std::optional<T> value;             // the winner's result; empty: nobody has won
  std::optional<std::size_t> winner;  // which attempt that was
  /// Why each attempt that was begun did not win; null for the winner.
  std::vector<std::exception_ptr> errors;
};

/// Begins the first attempt at once, each other one `delay` after the one before it, or as soon as
/// that one has failed; without a delay, only then. Gives the first success; the other attempts
/// have been cancelled and have ended by then. Throws no attempt's error. Cancelling it cancels
/// every attempt that runs.
template <class T>
Coro<Race<T>> staggered_race(std::vector<Attempt<T>> attempts, std::optional<Delay> delay = {});

// Implementation

namespace detail {

template <class T>
class StaggeredRace {
 public:
  StaggeredRace(std::vector<Attempt<T>> attempts, std::optional<Delay> delay)
      : attempts_(std::move(attempts)), delay_(delay) {}

  /// Throws CancelledError, when nothing runs any more, if it was asked to stop.
  Coro<> run();
  Race<T> take() { return std::move(race_); }

 private:
  struct Running {
    std::size_t number;
    Task<T> task;
  };
  bool is_over() const { return race_.winner || (running_.empty() && !any_left()); }
  /// Is it time for another attempt?
  bool is_next_due() const {
    if (!any_left()) return false;
    return latest_ended() || (next_ && running_loop().time() >= *next_);
  }
  bool any_left() const { return race_.errors.size() < attempts_.size(); }
  bool latest_ended() const {
    return running_.empty() || running_.back().number + 1 != race_.errors.size();
  }
  std::vector<Task<T>> tasks() const;
  void begin_next();
  /// Waits until one ends, or the next one is due.
  Coro<> wait_a_while();
  /// Cancels those that run, and waits until they have ended.
  Coro<> end();
  void cancel_all() {
    for (const Running& one : running_) one.task.cancel();
  }
  void collect();
  void note_end(Running& one);

  std::vector<Attempt<T>> attempts_;
  const std::optional<Delay> delay_;
  std::optional<Clock::time_point> next_;
  std::vector<Running> running_;
  Race<T> race_;
  std::exception_ptr stopped_;  // the request to stop, or what else has ended the race
};

template <class T>
void StaggeredRace<T>::begin_next() {
  const std::size_t number = race_.errors.size();
  race_.errors.push_back(nullptr);
  running_.push_back({number, create_task(attempts_[number]())});
  if (delay_) next_ = delay_->after(running_loop().time());
}

template <class T>
std::vector<Task<T>> StaggeredRace<T>::tasks() const {
  std::vector<Task<T>> tasks;
  for (const Running& one : running_) tasks.push_back(one.task);
  return tasks;
}

template <class T>
Coro<> StaggeredRace<T>::wait_a_while() {
  std::optional<Delay> rest;
  if (next_ && any_left()) rest = Delay(*next_ - running_loop().time());
  co_await wait(tasks(), ReturnWhen::first_completed, rest);
  collect();
}

/// Takes out those that have ended.
template <class T>
void StaggeredRace<T>::collect() {
  for (Running& one : running_) {
    if (one.task.done()) note_end(one);
  }
  std::erase_if(running_, [](const Running& one) { return one.task.done(); });
}

template <class T>
void StaggeredRace<T>::note_end(Running& one) {
  std::exception_ptr& error = race_.errors[one.number];
  if (one.task.cancelled()) {
    error = std::make_exception_ptr(CancelledError());
  } else if (const std::exception_ptr failure = one.task.exception()) {
    error = failure;
  } else if (!race_.winner) {
    race_.winner = one.number;
    race_.value.emplace(std::move(one.task).result());
  }
}

template <class T>
Coro<> StaggeredRace<T>::end() {
  cancel_all();
  while (!running_.empty()) {
    try {
      co_await wait(tasks());
    } catch (const CancelledError&) {
      stopped_ = std::current_exception();
      cancel_all();
    }
    collect();
  }
}

template <class T>
Coro<> StaggeredRace<T>::run() {
  try {
    while (!is_over()) {
      if (is_next_due()) begin_next();
      if (!is_next_due()) co_await wait_a_while();
    }
  } catch (...) {
    stopped_ = std::current_exception();
  }
  co_await end();
  if (stopped_ != nullptr) std::rethrow_exception(stopped_);
}

}  // namespace detail

template <class T>
Coro<Race<T>> staggered_race(std::vector<Attempt<T>> attempts, std::optional<Delay> delay) {
  detail::StaggeredRace<T> race(std::move(attempts), delay);
  co_await race.run();
  co_return race.take();
}

}  // namespace aio
