#pragma once
// What terminal and pages have in common: keeps an exercise checked, when the learner arrives there
// and at every save, and writes down what comes of it. How that is told is its listener's.

#include <functional>
#include <optional>

#include <aio/task.hpp>

#include "checks.hpp"
#include "commands.hpp"
#include "file_watch.hpp"

namespace coach {

/// Why an exercise is checked: only a save that fails counts as a failure.
enum class Cause { arrival, save };  // a save that changes nothing is no new attempt

class Checker {
 public:
  struct Listener {
    std::function<void()> begins;                                      // a check
    std::function<void(const CheckResult& result, Cause cause)> ends;  // progress is written
    std::function<void(const std::string& why)> fails;                 // there is no verdict
  };

  /// In the loop that runs now. `desk` outlives it.
  Checker(const Desk& desk, Listener listener);

  /// Another exercise: its files are watched, and it is checked.
  void go_to(Place place);
  const Place& place() const { return place_; }
  /// Checks again, though nothing was saved.
  void check() { start(Cause::arrival); }
  /// The files were changed by us: that is no save.
  void forget_saves() { watch_files(); }
  bool checking() const { return checking_; }
  /// While it is held, no check begins; what was to begin does so afterwards.
  void hold(bool held);
  /// The check that runs has ended, cancelled, children and all. Nothing is checked afterwards.
  aio::Coro<> stop();

 private:
  void watch_files();
  Cause cause_of_save(bool changed) const;
  void start(Cause cause);
  aio::Coro<> check_after(std::optional<aio::Task<>> previous, int number, Cause cause);
  void checked(CheckResult result, Cause cause);
  void judge_current(CheckResult& result) const;
  void remember_arrival(const CheckResult& result);
  void follow_what_broke(const CheckResult& result);

  Desk desk_;
  Listener listener_;
  Place place_;
  FileWatch files_;
  std::optional<aio::Task<>> check_;
  Cause cause_ = Cause::arrival;  // of the last check
  bool checking_ = false;         // the last check has not come to an end
  bool held_ = false;
  std::optional<Cause> put_off_;  // a check, until it is not held any more
  int checks_ = 0;                // started so far: only the last one counts
};

}  // namespace coach
