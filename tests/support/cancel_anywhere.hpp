#pragma once
// A task may be cancelled wherever it waits. For exercises that promise what is true then:
//
//   struct Cancelled : tests::CancelScene {
//     Coro<> play() override { co_await fastest(mirrors(work("a"), work("b"))); }
//   };
//   TEST(Use8b_FastestMirror, EveryMirrorHasEndedWheneverItIsCancelled) {
//     tests::cancel_anywhere<Cancelled>("the mirrors go on after fastest() has thrown");
//   }
//
// The scene is played again and again, and each time it is cancelled one callback of the loop
// later: before it has begun, while it waits, when it has been woken and has not gone on yet. It is
// cancelled once, or twice, and the work that it does stops in every manner that work may have. All
// times are virtual.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>

#include "support/story.hpp"
#include "support/virtual_loop.hpp"

namespace tests {

/// What work does when it is told to stop. All but `at_once` need a while for it, each another.
enum class Stops { at_once, after_cleaning_up, with_an_answer, with_a_failure };

/// When and how one run is cancelled.
struct CancelPlan {
  int after = 0;  // so many callbacks, since it was made
  int again = 0;  // so many callbacks later once more; 0: only once
  Stops stops = Stops::at_once;
  std::optional<std::uint64_t> seed{};  // draws the order of callbacks; none: as they come
};

/// Cancels a task when its plan says so.
class CancelObserver final : public aio::Observer {
 public:
  /// Calls `at_first` when it cancels for the first time.
  CancelObserver(CancelPlan plan, std::function<void()> at_first)
      : plan_(plan), at_first_(std::move(at_first)) {}

  void watch(aio::TaskRef task) {
    task_ = std::move(task);
    cancel_if_due();
  }
  /// Whether the task lived so long.
  bool has_cancelled() const { return has_cancelled_; }

 private:
  void will_run(aio::EventLoop&, const aio::Ready&) override {}
  void has_run(aio::EventLoop&) override {
    if (!task_) return;
    ++callbacks_;
    cancel_if_due();
  }
  void cancel_if_due() {
    const bool first = callbacks_ == plan_.after;
    const bool again = plan_.again > 0 && callbacks_ == plan_.after + plan_.again;
    if (task_.done() || !(first || again)) return;
    has_cancelled_ = true;
    if (first) at_first_();
    task_.cancel();
  }

  const CancelPlan plan_;
  const std::function<void()> at_first_;
  aio::TaskRef task_{};
  int callbacks_ = 0;
  bool has_cancelled_ = false;
};

/// One run. Tests add what is played; a scene is made anew for each run, and outlives its tasks.
class CancelScene {
 public:
  CancelScene() = default;
  virtual ~CancelScene() = default;
  CancelScene(const CancelScene&) = delete;
  CancelScene& operator=(const CancelScene&) = delete;

  /// What is cancelled: awaits the code under test.
  virtual aio::Coro<> play() = 0;
  /// What has to be there before, and what has to be true afterwards: awaits `playing` in between.
  /// Is not cancelled.
  virtual aio::Coro<> world(aio::Coro<> playing) { co_await std::move(playing); }
  /// All tasks that it has started have ended when it ends, or have been told to stop, and end in
  /// the next iteration. `others`: there are tasks that are not its own. They are not looked at,
  /// and it is not cancelled before it has begun.
  enum class Tasks { ended, told_to_stop, others };
  virtual Tasks tasks() const { return Tasks::ended; }
  /// What was queued before it was told to stop may begin after it: the children of a task group
  /// hear of the request from their owner, an iteration later.
  virtual bool begins_what_is_queued() const { return false; }

  /// Work for the code under test: takes a second or `time`, and gives its name.
  aio::Coro<std::string> work(std::string name, aio::Delay time = std::chrono::seconds(1)) {
    const Guest guest(*this, name);
    const int number = begun_ % 3;
    bool told_to_stop = false;
    try {
      co_await aio::sleep(time);
    } catch (const aio::CancelledError&) {
      told_to_stop = true;
    }
    if (!told_to_stop) co_return name;
    if (stops_ == Stops::at_once) throw aio::CancelledError();
    co_await aio::sleep(number * std::chrono::milliseconds(100));
    if (stops_ == Stops::with_a_failure) throw std::runtime_error(name + " cannot clean up");
    if (stops_ == Stops::after_cleaning_up) throw aio::CancelledError();
    co_return name;
  }
  /// The same without a result.
  aio::Coro<> errand(std::string name, aio::Delay time = std::chrono::seconds(1)) {
    co_await work(std::move(name), time);
  }
  /// How much work goes on.
  int at_work() const { return at_work_; }

  aio::VirtualClock clock{};
  Story story{clock};

 private:
  friend class CancelRun;
  class Guest {
   public:
    Guest(CancelScene& scene, std::string name) : scene_(scene), name_(std::move(name)) {
      ++scene_.begun_, ++scene_.at_work_;
      scene_.story.step(name_ + " begins");
    }
    ~Guest() {
      --scene_.at_work_;
      scene_.story.step(name_ + " has ended");
    }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

   private:
    CancelScene& scene_;
    const std::string name_;
  };

  Stops stops_ = Stops::at_once;
  int begun_ = 0, at_work_ = 0;
};

// What may be wrong, besides somebody who is left behind.
constexpr const char* never_ends = "it never ends";
constexpr const char* did_not_leave = "CancelledError did not leave it";
constexpr const char* begins_more = "it begins more when it has been told to stop";

/// Plays a scene once, as planned, and says what was true at its end.
class CancelRun {
 public:
  CancelRun(CancelScene& scene, const CancelPlan& plan)
      : scene_(scene), plan_(plan), observer_(plan, [this] { cancelled(); }) {
    scene_.stops_ = plan.stops;
  }
  /// Returns whether it lived long enough to be cancelled.
  bool play() {
    aio::EventLoop::Options with_observer = options(scene_.clock);
    with_observer.observer = &observer_;
    if (plan_.seed) with_observer.shuffle_seed = plan_.seed;
    try {
      aio::run(direct(), with_observer);
    } catch (const aio::DeadlockError& error) {
      found_ = std::string(never_ends) + ": " + error.what();
    }
    return observer_.has_cancelled();
  }
  /// "" or what is wrong.
  const std::string& found() const { return found_; }

 private:
  /// Notes the end of the play in the moment in which it ends.
  struct End {
    CancelRun& run;
    ~End() {
      run.at_work_ = run.scene_.at_work();
      run.tasks_ = aio::all_tasks().size();
      run.scene_.story.step("it has ended");
    }
  };
  aio::Coro<> tested() {
    const End end{*this};
    if (scene_.tasks() == CancelScene::Tasks::others) observer_.watch(aio::current_task());
    co_await scene_.play();
  }
  aio::Coro<> direct() {
    aio::running_loop().set_exception_handler([this](const aio::ExceptionContext& context) {
      const std::string what =
          context.exception ? aio::message_of(context.exception) : context.message;
      note("reported: " + what);
    });
    aio::Coro<> playing = play_and_judge();
    co_await scene_.world(std::move(playing));
  }
  aio::Coro<> play_and_judge() {
    const aio::Task<> task = aio::create_task(tested());
    tasks_ = tasks_before_ = aio::all_tasks().size();
    if (scene_.tasks() != CancelScene::Tasks::others) observer_.watch(task);
    try {
      co_await task;
    } catch (const aio::Todo&) {
      throw;
    } catch (...) {  // judged below
    }
    if (!observer_.has_cancelled()) co_return;
    judge(task);
    for (int i = 0; i < 3; ++i) co_await aio::sleep(std::chrono::seconds(0));
    judge_tasks();
  }
  void cancelled() {
    begun_ = scene_.begun_;
    scene_.story.step("it is cancelled");
  }
  void judge(const aio::Task<>& task) {
    const bool obeys = plan_.stops == Stops::at_once || plan_.stops == Stops::after_cleaning_up;
    if (obeys && !task.cancelled()) note(did_not_leave);
    const bool begins = scene_.begun_ > begun_ && !scene_.begins_what_is_queued();
    if (obeys && begins) note(begins_more);
    if (at_work_ > 0) note(std::to_string(at_work_) + " at work when it had ended");
  }
  void judge_tasks() {
    using Tasks = CancelScene::Tasks;
    const std::size_t left = aio::all_tasks().size() + 1;  // the one that was cancelled is gone
    if (scene_.tasks() == Tasks::ended) note_tasks(tasks_, "when it had ended");
    if (scene_.tasks() == Tasks::told_to_stop) note_tasks(left, "an iteration later");
  }
  void note_tasks(std::size_t there, const std::string& when) {
    if (there <= tasks_before_) return;
    note(std::to_string(there - tasks_before_) + " of its tasks were there " + when);
  }
  void note(const std::string& what) { found_ += (found_.empty() ? "" : ", ") + what; }

  CancelScene& scene_;
  const CancelPlan plan_;
  CancelObserver observer_;
  int begun_ = 0;    // when it was told to stop
  int at_work_ = 0;  // when it had ended
  std::size_t tasks_ = 0, tasks_before_ = 0;
  std::string found_{};
};

/// The orders in which callbacks run. As they come; and if LOOPWRIGHT_ORDERS is set, so many
/// others: what is right only in one order is right by luck.
inline std::vector<std::optional<std::uint64_t>> orders() {
  const char* text = std::getenv("LOOPWRIGHT_ORDERS");
  std::vector<std::optional<std::uint64_t>> all{std::nullopt};
  for (int seed = 1; text != nullptr && seed <= std::stoi(text); ++seed) all.emplace_back(seed);
  return all;
}

/// `cause` is what the test knows of those who are left behind. Other things can be wrong.
inline std::string cause_of(const std::string& what_is_wrong, const std::string& cause) {
  if (what_is_wrong.starts_with(never_ends)) {
    return "somebody was told to stop and goes on as if nobody had asked, or waits for one who has "
           "stopped already. The request comes once: whoever catches it, or gets an answer all the "
           "same, asks cancelling() of the current task";
  }
  if (what_is_wrong == did_not_leave) return "the request to stop was swallowed on its way out";
  if (what_is_wrong == begins_more) {
    return "whoever has been told to stop begins nothing more: cancelling() of the current task is "
           "above 0 then, even if no CancelledError has come";
  }
  return cause;
}

/// Plays a scene in all ways that are cancelled `after` so many callbacks. Returns whether it lived
/// so long, and everything was right.
inline bool cancel_after(int after, const std::function<std::unique_ptr<CancelScene>()>& make,
                         const std::string& cause) {
  constexpr std::array manners{Stops::at_once, Stops::after_cleaning_up, Stops::with_an_answer,
                               Stops::with_a_failure};
  bool any = false;
  for (const Stops stops : manners) {
    for (const int again : {0, 1, 5}) {
      for (const auto& seed : orders()) {
        const auto scene = make();
        CancelRun run(*scene, {after, again, stops, seed});
        any |= run.play();
        const std::string what_is_wrong = run.found();
        EXPECT_STORY(scene->story, what_is_wrong, "", cause_of(what_is_wrong, cause));
        if (!what_is_wrong.empty()) return false;
      }
    }
  }
  return any && !testing::Test::HasFailure();
}

/// Cancels a scene everywhere, in all ways. `cause` is what a test that fails says.
template <class Scene>
void cancel_anywhere(const std::string& cause) {
  const auto make = [] { return std::make_unique<Scene>(); };
  int after = 0;
  while (cancel_after(after, make, cause)) ++after;
  if (testing::Test::HasFailure()) return;
  EXPECT_GT(after, 2) << "The scene has ended before it waited for anything.";
}

}  // namespace tests
