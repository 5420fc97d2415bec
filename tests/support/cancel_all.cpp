// Linked into a test program, this cancels tasks of all its tests, for the sanitizers:
//
//   LOOPWRIGHT_CANCEL=1 bin/10.runtime --gtest_repeat=40 --gtest_brief=1
//
// The first repetition runs as always, and counts the steps of tasks in each test. In each of the
// others one task is cancelled after its step, in each test another one. What the tests expect is
// not looked at then: whatever they do, memory must not be used after its end, nothing may be
// thrown where it must not, and the loop has to come to its end. Gates at which threads wait are
// opened, since the cancelled task may have been the one to do so.

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>

#include "support/gate.hpp"

namespace tests {
namespace {

class CancelAll final : public aio::Observer, public testing::EmptyTestEventListener {
 public:
  CancelAll() { aio::detail::default_observer = this; }

  void will_run(aio::EventLoop&, const aio::Ready& ready) override {
    const auto* task = dynamic_cast<const aio::detail::TaskBase*>(&ready);
    task_ = task == nullptr ? aio::TaskRef() : ref(*task);
  }
  void has_run(aio::EventLoop&) override {
    const aio::TaskRef task = std::exchange(task_, {});
    if (!task || task.done()) return;
    if (++steps_ != moment_) return;
    task.cancel();
    Gate::open_all();
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    int steps = 0;
    bool quick = false;
  };

  static aio::TaskRef ref(const aio::detail::TaskBase& task) {
    return aio::TaskRef(aio::Ref(const_cast<aio::detail::TaskBase*>(&task)));
  }
  void OnTestIterationStart(const testing::UnitTest&, int iteration) override {
    iteration_ = iteration;
  }
  void OnTestStart(const testing::TestInfo& test) override {
    const Known known = known_[name(test)];
    Gate::begin_anew();
    steps_ = 0;
    moment_ = moment(known.steps);
    started_ = Clock::now();
    if (iteration_ == 0) return;
    if (!known.quick || moment_ == 0) GTEST_SKIP();
    using Fake = testing::ScopedFakeTestPartResultReporter;
    unheard_ = std::make_unique<Fake>(Fake::INTERCEPT_ALL_THREADS, &failures_);
  }
  void OnTestEnd(const testing::TestInfo& test) override {
    unheard_.reset();
    moment_ = 0;
    if (iteration_ == 0) known_[name(test)] = {steps_.load(), Clock::now() - started_ < patience};
  }
  /// The step of this repetition: each in turn, or as many as there are repetitions, spread evenly.
  int moment(int steps) const {
    const int repetitions = testing::GTEST_FLAG(repeat) - 1;
    if (steps <= repetitions) return iteration_ <= steps ? iteration_ : 0;
    return iteration_ * steps / repetitions;
  }
  static std::string name(const testing::TestInfo& test) {
    return std::string(test.test_suite_name()) + "." + test.name();
  }

  static constexpr std::chrono::milliseconds patience{100};
  static inline thread_local aio::TaskRef task_{};  // that runs
  std::atomic<int> steps_ = 0, moment_ = 0;
  int iteration_ = 0;
  Clock::time_point started_{};
  std::map<std::string, Known> known_{};
  testing::TestPartResultArray failures_{};
  std::unique_ptr<testing::ScopedFakeTestPartResultReporter> unheard_{};
};

const bool listens = [] {
  if (std::getenv("LOOPWRIGHT_CANCEL") == nullptr) return false;
  testing::UnitTest::GetInstance()->listeners().Append(new CancelAll);
  return true;
}();

}  // namespace
}  // namespace tests
