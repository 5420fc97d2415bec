// Lesson 03: which timer comes first, the heap, cancelling, the next deadline, virtual time.

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/timers.hpp>

#include "support/allocations.hpp"
#include "support/at.hpp"
#include "support/seed.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Clock, aio::Timer, aio::TimerEntry, aio::TimerQueue, aio::VirtualClock;
using tests::at, tests::Seen;

const auto compiled_clock = tests::compiled_from(aio::layers::clock);
const auto compiled_timers = tests::compiled_from(aio::layers::timers);

constexpr auto end_of_time = Clock::time_point::max();
constexpr auto start_of_time = Clock::time_point::min();

std::string to_text(Clock::time_point when) {
  return when == end_of_time ? "the end of time" : tests::to_text(when);
}

struct Named : Timer {
  explicit Named(std::string given) : name(std::move(given)) {}
  std::string name;
};

const std::string& name_of(Timer* timer) { return static_cast<Named*>(timer)->name; }

/// A queue that tells what is done to it. Timers are made as they are first pushed.
struct Told {
  TimerQueue queue;
  tests::Story story;
  std::deque<Named> timers;

  Named& push(Clock::duration when, std::string name) {
    Named& timer = timers.emplace_back(std::move(name));
    push_again(when, timer);
    return timer;
  }
  void push_again(Clock::duration when, Named& timer) {
    story.step("push(" + timer.name + ", " + tests::to_text(when) + ")");
    queue.push(at(when), timer);
  }
  bool cancel(Named& timer) {
    const bool was_pending = queue.cancel(timer);
    story.step("cancel(" + timer.name + ") returns " + (was_pending ? "true" : "false"));
    return was_pending;
  }
  /// Takes out what is due. Stops after one more timer than there are, should that never end.
  const std::string& pop_due(Clock::time_point now) {
    story.step("pop_due(" + to_text(now) + ") until it returns null");
    for (std::size_t i = 0; i <= timers.size(); ++i) {
      Timer* due = queue.pop_due(now);
      if (due == nullptr) break;
      story.ran(name_of(due));
    }
    return story.order();
  }
  const std::string& pop_all() { return pop_due(end_of_time); }

  void pop_one() {
    Timer* due = queue.pop_due(end_of_time);
    story.step("pop_due() hands out " + (due == nullptr ? "nothing" : name_of(due)));
    if (due == nullptr) throw std::logic_error("the queue is not empty and hands out nothing");
  }

  /// The pending timers that do not stand in the slot that they know: "2 3".
  std::string strangers() const {
    std::string names;
    for (const Named& timer : timers) {
      if (timer.pending() && !queue.stands(timer)) names += (names.empty() ? "" : " ") + timer.name;
    }
    return names;
  }

  /// "at 10 ms" or "none".
  std::string next_deadline() {
    const auto next = queue.next_deadline();
    story.step("next_deadline()");
    return next ? tests::to_text(*next) : "none";
  }
};

// ── 3.1 ────────────────────────────────────────────────────────────────────────────────────────

/// Which of the two is due first: "A", "B", "both" or "neither".
std::string first_of(const TimerEntry& a, const TimerEntry& b) {
  const bool a_first = aio::due_before(a, b), b_first = aio::due_before(b, a);
  if (a_first && b_first) return "both";
  return a_first ? "A" : b_first ? "B" : "neither";
}

TEST(Step1_Order, TheEarlierDeadlineComesFirst) {
  tests::Story story;
  story.step("A was pushed second, and is due at 10 ms");
  story.step("B was pushed first, and is due at 20 ms");
  EXPECT_STORY(story, first_of({at(10ms), 1, nullptr}, {at(20ms), 0, nullptr}), "A",
               "the order of creation counts only between equal deadlines",
               Seen{"B", "order-of-creation-only"});
  EXPECT_STORY(story, first_of({at(10ms), 0, nullptr}, {at(20ms), 1, nullptr}), "A",
               "the later deadline comes first");
}

TEST(Step1_Order, EqualDeadlinesKeepTheOrderOfCreation) {  // LOOP-11
  tests::Story story;
  story.step("A is pushed first, and is due at 10 ms");
  story.step("B is pushed second, and is due at 10 ms");
  EXPECT_STORY(story, first_of({at(10ms), 0, nullptr}, {at(10ms), 1, nullptr}), "A",
               "equal deadlines are not told apart by their order of creation",
               Seen{"B", "ties-reversed"}, Seen{"neither", "ties-forgotten"});
}

TEST(Step1_Order, NothingIsDueBeforeItself) {
  const TimerEntry entry{at(10ms), 7, nullptr};
  tests::Story story;
  story.step("due_before(A, A)");
  EXPECT_STORY(story, aio::due_before(entry, entry), false, "<= where < is meant");
}

TEST(Step1_Order, DeadlinesMayBeFarApart) {
  tests::Story story;
  story.step("A is due at the start of time, B at its end");
  EXPECT_STORY(story, first_of({start_of_time, 1, nullptr}, {end_of_time, 0, nullptr}), "A",
               "the difference of the two deadlines does not fit into 64 bits");
  story.step("A is due a nanosecond before time 0, B at 0");
  EXPECT_STORY(story, first_of({at(-1ns), 1, nullptr}, {at(0ns), 0, nullptr}), "A",
               "a deadline before time 0 is a deadline like any other");
}

// A hand-set clock models a callback that keeps the CPU busy (rule V3).
TEST(Step1_Advance, MovesTimeForwardByHand) {
  VirtualClock clock;
  tests::Story story(clock);
  EXPECT_STORY(story, clock.now(), at(0ms), "virtual time starts at 0");
  story.step("advance(10 ms)");
  clock.advance(10ms);
  EXPECT_STORY(story, clock.now(), at(10ms), "advance() does not move now()");
  story.step("advance(1.5 s)");
  clock.advance(1.5s);
  EXPECT_STORY(story, clock.now(), at(1510ms), "advance() sets the time; it should add to it");
}

TEST(Step1_Advance, RefusesToGoBack) {
  VirtualClock clock;
  tests::Story story(clock);
  clock.advance(10ms);
  story.step("advance(10 ms), then advance(-1 ns)");
  EXPECT_THROW(clock.advance(-1ns), std::invalid_argument);
  EXPECT_STORY(story, clock.now(), at(10ms), "advance() has moved time before it threw");
}

TEST(VirtualClock, IsSetToATime) {
  VirtualClock clock;
  clock.set(at(5s));
  EXPECT_EQ(clock.now(), at(5s));
  clock.set(at(5s));
  EXPECT_EQ(clock.now(), at(5s)) << "the same time again is no step back";
  clock.set(end_of_time);
  EXPECT_EQ(clock.now(), end_of_time);
}

TEST(VirtualClock, IsNeverSetBack) {
  VirtualClock clock;
  clock.set(at(5s));
  EXPECT_THROW(clock.set(at(5s) - 1ns), std::invalid_argument);
  EXPECT_EQ(clock.now(), at(5s));
}

TEST(Step1_Advance, StopsAtTheEndOfTime) {
  VirtualClock clock;
  clock.advance(1h);
  clock.advance(std::chrono::hours::max());
  tests::Story story;
  story.step("advance(1 h), then advance(hours::max())");
  EXPECT_STORY(story, to_text(clock.now()), to_text(end_of_time),
               "now + delay overflows; Delay::after() stops at the end of time");
}

// ── 3.2 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step2_PushPop, HandsOutByDeadline) {  // LOOP-08
  Told told;
  told.push(30ms, "C");
  told.push(10ms, "A");
  told.push(20ms, "B");
  EXPECT_STORY(told.story, told.pop_due(at(1s)), "A B C",
               "the first entry of the heap is not the one that is due first",
               Seen{"C A B", "order-of-creation-only"});
}

TEST(Step2_PushPop, EqualDeadlinesComeInTheOrderOfCreation) {  // LOOP-11
  Told told;
  for (const char* name : {"A", "B", "C", "D", "E", "F", "G"}) told.push(10ms, name);
  EXPECT_STORY(told.story, told.pop_due(at(1s)), "A B C D E F G",
               "equal deadlines are not told apart by their order of creation",
               Seen{"G F E D C B A", "ties-reversed"});
}

TEST(Step2_PushPop, NothingIsDueEarly) {
  Told told;
  told.push(1500us, "A");
  EXPECT_STORY(told.story, told.pop_due(at(1ms)), "",
               "the time left was rounded down to whole milliseconds",
               Seen{"A", "early-by-rounding-down"});
  EXPECT_STORY(told.story, told.pop_due(at(1500us - 1ns)), "", "a timer is due a nanosecond early",
               Seen{"A", "early-by-rounding-down"});
}

TEST(Step2_PushPop, IsDueAtItsVeryDeadline) {
  Told told;
  told.push(10ms, "A");
  EXPECT_STORY(told.story, told.pop_due(at(10ms)), "A",
               "`when` at or before `now` is due; a clock that jumps to `when` gets no further",
               Seen{"", "never-due-at-its-deadline"});
}

TEST(Step2_PushPop, WhatIsNotDueStays) {
  Told told;
  told.push(20ms, "B");
  told.push(10ms, "A");
  EXPECT_STORY(told.story, told.pop_due(at(15ms)), "A", "pop_due() takes out what is not due");
  EXPECT_STORY(told.story, told.pop_due(at(25ms)), "A B", "pop_due() lost a timer");
}

TEST(Step2_PushPop, DeadlinesThatHavePassedKeepTheirOrder) {  // LOOP-09
  Told told;
  told.push(0ms, "now");
  told.push(-5ms, "late");
  told.push(-10ms, "later");
  EXPECT_STORY(told.story, told.pop_due(at(1ms)), "later late now",
               "a deadline in the past was moved to the present");
}

TEST(Step2_PushPop, AnEndlessTimerIsNeverDue) {  // LOOP-13
  Told told;
  told.push(Clock::duration::max(), "never");
  told.push(10ms, "A");
  EXPECT_STORY(told.story, told.pop_due(at(std::chrono::years(290))), "A",
               "a deadline was changed by arithmetic that does not fit into 64 bits");
  EXPECT_STORY(told.story, told.queue.size(), 1U, "one is left, and none was cancelled");
}

TEST(Step2_PushPop, ATimerIsPendingUntilItIsHandedOut) {
  Told told;
  Named& a = told.push(10ms, "A");
  Named& b = told.push(20ms, "B");
  const auto pending = [&] {
    return std::string(a.pending() ? "A" : "") + (b.pending() ? "B" : "");
  };
  EXPECT_STORY(told.story, pending(), "AB", "place() does not tell the timer its slot");
  told.pop_due(at(15ms));
  EXPECT_STORY(told.story, pending(), "B", "take_first() does not tell the timer that it is out",
               Seen{"AB", "cancel-hits-a-stranger"});
  EXPECT_STORY(told.story, told.queue.size(), 1U, "size() counts the timers that are left");
  told.pop_due(at(25ms));
  EXPECT_STORY(told.story, pending(), "", "take_first() does not tell the timer that it is out");
  EXPECT_STORY(told.story, told.queue.empty(), true, "every timer has been handed out");
}

TEST(Step2_PushPop, AnEmptyQueueHasNothingDue) {
  Told told;
  EXPECT_STORY(told.story, told.pop_all(), "", "the queue is empty");
}

TEST(Step2_PushPop, RefusesATimerThatIsPending) {
  Told told;
  Named& timer = told.push(10ms, "A");
  EXPECT_THROW(told.push_again(20ms, timer), std::logic_error)
      << "Likely cause: push() does not ask whether the timer is pending";
  EXPECT_STORY(told.story, told.queue.size(), 1U, "the entry was added before push() threw");
  EXPECT_STORY(told.story, told.pop_all(), "A", "the second push changed the queue");
}

TEST(Step2_PushPop, ATimerCanBePushedAgain) {
  Told told;
  Named& tick = told.push(10ms, "tick");
  told.pop_due(at(15ms));
  told.push_again(20ms, tick);
  EXPECT_STORY(told.story, told.pop_due(at(25ms)), "tick tick",
               "a timer that was handed out is still taken for pending");
}

TEST(Step2_PushPop, EveryOrderOfPushingComesOutSorted) {
  std::array<int, 7> order{1, 2, 3, 4, 5, 6, 7};
  do {
    Told told;
    for (const int ms : order) told.push(std::chrono::milliseconds(ms), std::to_string(ms));
    ASSERT_STORY(told.story, told.pop_all(), "1 2 3 4 5 6 7",
                 "an entry passes a parent or a child that is due before it");
  } while (std::next_permutation(order.begin(), order.end()));
}

std::string listed(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

/// What comes out of a queue when each number is pushed, due after that many milliseconds.
std::vector<int> through_a_queue(const std::vector<int>& numbers) {
  std::deque<Named> timers;
  TimerQueue queue;
  for (const int ms : numbers) {
    queue.push(at(std::chrono::milliseconds(ms)), timers.emplace_back(std::to_string(ms)));
  }
  std::vector<int> out;
  while (out.size() < numbers.size()) {
    Timer* due = queue.pop_due(end_of_time);
    if (due == nullptr) break;
    out.push_back(std::stoi(name_of(due)));
  }
  return out;
}

// Nine entries are a parent and its children; with more, some have a grandparent. The smallest
// heaps come first, so that a failure is told with as few entries as possible.
TEST(Step2_PushPop, EntriesWithAGrandparentComeOutSorted) {
  std::mt19937 random(3);
  for (int n = 10; n <= 20; ++n) {
    std::vector<int> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 1);
    const std::string sorted = listed(order);
    for (int trial = 0; trial < 200; ++trial) {
      std::shuffle(order.begin(), order.end(), random);
      tests::Story story;
      story.step("push, due after so many ms: " + listed(order));
      story.step("pop_due() until it returns null");
      ASSERT_STORY(story, listed(through_a_queue(order)), sorted,
                   "an entry stands above one that is due before it: the parent of slot s is "
                   "(s - 1) / arity, its children begin at arity * s + 1");
    }
  }
}

TEST(Step2_PushPop, EachTimerKnowsItsSlot) {
  std::array<int, 5> order{1, 2, 3, 4, 5};
  do {
    Told told;
    for (const int ms : order) {
      told.push(std::chrono::milliseconds(ms), std::to_string(ms));
      ASSERT_STORY(told.story, told.strangers(), "",
                   "sift_up() moves an entry without place(): its timer keeps the old slot, and "
                   "cancel() will hit another timer",
                   Seen{told.strangers(), "rises-without-place"});
    }
    while (!told.queue.empty()) {
      told.pop_one();
      ASSERT_STORY(told.story, told.strangers(), "",
                   "sift_down() moves an entry without place(): its timer keeps the old slot, and "
                   "cancel() will hit another timer",
                   tests::LooksLike{told.strangers(), "sinks-without-place"});
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Step2_PushPop, AllocatesNothingOnceItHasGrown) {
  constexpr int count = 1000;
  TimerQueue queue;
  std::vector<Timer> timers(count);
  const auto push_and_pop_all = [&] {
    for (Timer& timer : timers) queue.push(at(10ms), timer);
    int popped = 0;
    while (popped <= count && queue.pop_due(at(1s)) != nullptr) ++popped;
    return popped;
  };
  ASSERT_EQ(push_and_pop_all(), count);
  const tests::AllocationCount allocations;
  ASSERT_EQ(push_and_pop_all(), count);
  EXPECT_EQ(allocations.made(), 0);
}

// ── what a queue must do, checked against std::multimap, which keeps the order of equal keys ─────

/// Random operations on a TimerQueue and on a model of it.
class Trial {
 public:
  /// Which operations are tried, by how many numbers are drawn from: see operate().
  enum Operations : unsigned { push_and_pop = 4, and_cancel = 6, and_next_deadline = 8 };

  Trial(unsigned seed, Operations operations) : random_(seed), operations_(operations) {}

  void run(int count) {
    tells_ = count <= 20;
    for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) operate();
    pop_due(end_of_time);
  }

 private:
  using Pending = std::multimap<Clock::time_point, Named*>;

  unsigned draw(unsigned below) { return std::uniform_int_distribution(0U, below - 1)(random_); }
  Clock::time_point soon() { return now_ + std::chrono::microseconds(draw(5'000)) - 500us; }

  void operate() {
    switch (draw(operations_)) {
      case 0:
        return pop_due(now_ += std::chrono::microseconds(draw(pace_)));
      case 4:
        return cancel();
      case 5:  // now and then most of what there is
        for (int i = draw(50) == 0 ? 300 : 1; i > 0; --i) cancel();
        return;
      case 6:
      case 7:
        return compare_next_deadline();
      default:
        return push();
    }
  }

  // Few different deadlines, so that many are equal.
  void push() {
    const auto when = std::chrono::floor<std::chrono::milliseconds>(soon());
    if (draw(4) == 0 && !idle_.empty()) {
      Named* timer = idle_.back();
      idle_.pop_back();
      return push(when, *timer);
    }
    push(when, timers_.emplace_back("t" + std::to_string(timers_.size())));
  }

  void push(Clock::time_point when, Named& timer) {
    tell("push(" + timer.name + ", " + tests::to_text(when) + ")");
    queue_.push(when, timer);
    pending_.emplace(when, &timer);
  }

  void cancel() {
    if (timers_.empty()) return;
    Named& timer = timers_[draw(static_cast<unsigned>(timers_.size()))];
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [&](const auto& entry) { return entry.second == &timer; });
    tell("cancel(" + timer.name + ")");
    EXPECT_STORY(story_, queue_.cancel(timer), found != pending_.end(),
                 "cancel() returns whether the timer was pending");
    if (found == pending_.end()) return;
    pending_.erase(found);
    idle_.push_back(&timer);
  }

  void pop_due(Clock::time_point now) {
    tell("pop_due(" + to_text(now) + ")");
    while (!testing::Test::HasFailure()) {
      Named* expected = nullptr;
      if (!pending_.empty() && pending_.begin()->first <= now) {
        expected = pending_.extract(pending_.begin()).mapped();
      }
      Timer* actual = queue_.pop_due(now);
      EXPECT_STORY(story_, name_or_null(actual), name_or_null(expected),
                   "the heap and a sorted list of the same timers differ here for the first time; "
                   "the tests of "
                   "this step with few timers say more");
      if (expected == nullptr) break;
      idle_.push_back(expected);
    }
    EXPECT_STORY(story_, queue_.size(), pending_.size(), "size() counts the timers that are left");
  }

  void compare_next_deadline() {
    tell("next_deadline()");
    const auto next = queue_.next_deadline();
    const auto expected =
        pending_.empty() ? std::string("none") : tests::to_text(pending_.begin()->first);
    EXPECT_STORY(story_, next ? tests::to_text(*next) : "none", expected,
                 "the heap and a sorted list of the same timers differ here for the first time; "
                 "the tests of "
                 "this step with few timers say more");
  }

  static std::string name_or_null(Timer* timer) {
    return timer == nullptr ? "null" : name_of(timer);
  }
  void tell(std::string step) {
    if (tells_) story_.step(std::move(step));
  }

  std::mt19937 random_;
  Operations operations_;
  unsigned pace_ = draw(2) == 0 ? 2'000 : 20;  // in half of the trials hundreds are pending
  TimerQueue queue_;
  Pending pending_;
  std::deque<Named> timers_;
  std::vector<Named*> idle_;
  Clock::time_point now_{};
  tests::Story story_;
  bool tells_ = false;  // a thousand steps teach nothing
};

/// Short trials first, so that a failure comes with a short story.
void compare_with_model(Trial::Operations operations) {
  constexpr std::pair<int, unsigned> series[] = {{5, 500}, {20, 500}, {1'000, 100}};
  const auto fixed = tests::seed();
  for (const auto& [count, trials] : series) {
    for (unsigned trial = 1; trial <= trials; ++trial) {
      const unsigned seed = fixed ? static_cast<unsigned>(*fixed) : trial;
      SCOPED_TRACE(std::to_string(count) +
                   " random operations, LOOPWRIGHT_SEED=" + std::to_string(seed));
      Trial(seed, operations).run(count);
      if (testing::Test::HasFailure()) return;
      if (fixed) break;
    }
  }
}

TEST(Step2_PushPop, DoesWhatAMultimapDoes) { compare_with_model(Trial::push_and_pop); }

// ── 3.3 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step3_Cancel, ACancelledTimerIsNeverHandedOut) {
  Told told;
  told.push(10ms, "A");
  Named& b = told.push(20ms, "B");
  told.push(30ms, "C");
  EXPECT_TRUE(told.cancel(b));
  EXPECT_STORY(told.story, told.pop_all(), "A C", "the cancelled timer's entry still points to it",
               Seen{"A B C", "cancelled-timer-fires"});
}

TEST(Step3_Cancel, AnyOneOfManyCanBeCancelled) {
  for (int cancelled = 1; cancelled <= 9; ++cancelled) {
    Told told;
    std::string expected;
    for (int ms = 1; ms <= 9; ++ms) {
      told.push(std::chrono::milliseconds(10 - ms), std::to_string(10 - ms));
      if (ms != cancelled) expected += (expected.empty() ? "" : " ") + std::to_string(ms);
    }
    EXPECT_TRUE(told.cancel(told.timers[static_cast<std::size_t>(9 - cancelled)]));
    ASSERT_STORY(told.story, told.pop_all(), expected,
                 "cancel() takes out another timer, or disturbs the heap's order",
                 Seen{"1 2 3 4 5 6 7 8 9", "cancelled-timer-fires"});
  }
}

TEST(Step3_Cancel, ACancelledTimerIsNotPending) {
  Told told;
  Named& a = told.push(10ms, "A");
  told.push(20ms, "B");
  EXPECT_STORY(told.story, told.cancel(a), true, "A was pending");
  EXPECT_STORY(told.story, a.pending(), false,
               "slot_ says where a timer stands; one that is cancelled stands nowhere");
  EXPECT_STORY(told.story, told.queue.size(), 1U,
               "size() is the entries less those that are cancelled: cancelled_ counts them");
  EXPECT_STORY(told.story, told.pop_all(), "B", "the cancelled timer is still handed out",
               Seen{"A B", "cancelled-timer-fires"});
  EXPECT_STORY(told.story, told.queue.empty(), true,
               "a cancelled entry that leaves the heap must leave the count as well");
}

TEST(Step3_Cancel, CancellingTwiceIsHarmless) {
  Told told;
  Named& a = told.push(10ms, "A");
  Named never_pushed("N");
  EXPECT_STORY(told.story, told.cancel(a), true, "A was pending");
  EXPECT_STORY(told.story, told.cancel(a), false, "A is not pending any more");
  EXPECT_STORY(told.story, told.cancel(never_pushed), false, "N was never pushed");
  EXPECT_STORY(told.story, told.queue.size(), 0U, "one entry is counted twice in cancelled_");
}

TEST(Step3_Cancel, ATimerThatWasHandedOutCannotBeCancelled) {
  Told told;
  Named& a = told.push(10ms, "A");
  told.push(20ms, "B");
  told.pop_due(at(10ms));
  EXPECT_STORY(told.story, told.cancel(a), false,
               "the timer still remembers a slot, which is another timer's by now",
               tests::LooksLike{true, "cancel-hits-a-stranger"});
  EXPECT_STORY(told.story, told.pop_all(), "A B", "cancelling one timer took out another",
               tests::LooksLike{"A", "cancel-hits-a-stranger"});
}

TEST(Step3_Cancel, PushedAgainItGoesBehindItsEquals) {
  Told told;
  Named& a = told.push(10ms, "A");
  told.push(10ms, "B");
  told.cancel(a);
  told.push_again(10ms, a);
  EXPECT_STORY(told.story, told.pop_all(), "B A",
               "a timer that is pushed again is the newest of those with its deadline");
}

TEST(Step3_Cancel, AnEndlessTimerCanBeCancelled) {  // LOOP-13
  Told told;
  Named& never = told.push(Clock::duration::max(), "never");
  EXPECT_TRUE(told.cancel(never));
  EXPECT_STORY(told.story, told.pop_all(), "", "the cancelled timer is still handed out");
}

// What a server does that gives each request a time limit, and answers in time.
TEST(Step3_Cancel, CancelledTimersDoNotPileUp) {  // LOOP-14
  Told told;
  Named& limit = told.timers.emplace_back("limit");
  std::vector<Timer> waiting(100);
  for (Timer& timer : waiting) told.queue.push(at(1h), timer);
  told.story.step("push 100 timers, due in an hour");
  told.story.step("10,000 times: push(limit, 30 s), cancel(limit)");
  for (int i = 0; i < 10'000; ++i) {
    told.queue.push(at(30s), limit);
    told.queue.cancel(limit);
  }
  EXPECT_STORY(told.story, told.queue.size(), 100U,
               "size() is the entries less those that are cancelled: cancelled_ counts them");
  EXPECT_STORY(told.story, told.queue.entries() <= 300, true,
               "nothing removes cancelled entries before they come to the front",
               Seen{false, "cancelled-timers-pile-up"});
}

TEST(Step3_Cancel, HalfOfAHeapMayBeCancelledAndMoreMayNot) {
  TimerQueue queue;
  std::vector<Timer> timers(400);
  tests::Story story;
  story.step("push 400 timers, and cancel 200 of them");
  for (Timer& timer : timers) queue.push(at(1h), timer);
  for (std::size_t i = 0; i < 200; ++i) queue.cancel(timers[i]);
  EXPECT_STORY(story, queue.entries(), 400U,
               "half of the heap is cancelled, and not more than half",
               Seen{200U, "compacts-at-half"});
  story.step("cancel one more");
  queue.cancel(timers[200]);
  EXPECT_STORY(story, queue.entries(), 199U,
               "more than half of the heap is cancelled, and it is not compacted",
               tests::LooksLike{400U, "cancelled-timers-pile-up"});
}

TEST(Step3_Cancel, ASmallHeapIsNeverCompacted) {
  TimerQueue queue;
  std::vector<Timer> timers(100);
  tests::Story story;
  story.step("push 100 timers, and cancel 99 of them");
  for (Timer& timer : timers) queue.push(at(1h), timer);
  for (std::size_t i = 1; i < timers.size(); ++i) queue.cancel(timers[i]);
  const bool compacted = queue.entries() < timers.size();
  EXPECT_STORY(story, compacted, false,
               "a heap of no more than `few` entries was compacted, which costs more than it saves",
               tests::LooksLike{true, "compacts-what-is-small"});
  EXPECT_EQ(queue.size(), 1U);
  while (queue.pop_any() != nullptr) continue;
}

TEST(Step3_Cancel, RemovingManyKeepsTheOrderOfTheRest) {
  constexpr int count = 1'000;
  std::deque<Named> timers;
  TimerQueue queue;
  for (int i = 0; i < count; ++i) {
    const int ms = i * 7919 % count / 10;  // ten of each deadline
    queue.push(at(std::chrono::milliseconds(ms)), timers.emplace_back(std::to_string(ms)));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 4 != 0) {
      ASSERT_TRUE(queue.cancel(timers[i]));
    }
  }
  std::vector<std::pair<int, std::size_t>> left;
  for (std::size_t i = 0; i < count; i += 4) left.emplace_back(std::stoi(timers[i].name), i);
  std::sort(left.begin(), left.end());
  for (const auto& [ms, i] : left) ASSERT_EQ(queue.pop_due(end_of_time), &timers[i]);
  EXPECT_EQ(queue.pop_due(end_of_time), nullptr);
}

TEST(Step3_Cancel, DoesWhatAMultimapDoes) { compare_with_model(Trial::and_cancel); }

// ── 3.4 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step4_NextDeadline, AnEmptyQueueHasNone) {
  Told told;
  EXPECT_STORY(told.story, told.next_deadline(), "none", "there is no timer");
}

TEST(Step4_NextDeadline, IsTheEarliest) {
  Told told;
  told.push(20ms, "B");
  told.push(10ms, "A");
  told.push(30ms, "C");
  EXPECT_STORY(told.story, told.next_deadline(), "at 10 ms", "it is not the first entry's");
  EXPECT_STORY(told.story, told.next_deadline(), "at 10 ms", "asking must take nothing out");
  told.pop_due(at(10ms));
  EXPECT_STORY(told.story, told.next_deadline(), "at 20 ms", "it is not the first entry's");
}

TEST(Step4_NextDeadline, ACancelledTimerDoesNotCount) {  // LOOP-14
  Told told;
  Named& a = told.push(10ms, "A");
  told.push(1h, "B");
  told.cancel(a);
  EXPECT_STORY(told.story, told.next_deadline(), "at 3600 s",
               "the entry at the front is a cancelled one",
               tests::LooksLike{"at 10 ms", "cancelled-head-shortens-the-sleep"});
  EXPECT_STORY(told.story, told.pop_all(), "B", "next_deadline() took out a timer that counts");
}

TEST(Step4_NextDeadline, SeveralCancelledOnesDoNotCount) {
  Told told;
  for (int ms = 1; ms <= 8; ++ms) {
    told.push(std::chrono::milliseconds(ms), std::to_string(ms));
  }
  for (std::size_t i = 0; i < 7; ++i) told.cancel(told.timers[i]);
  EXPECT_STORY(told.story, told.next_deadline(), "at 8 ms",
               "only the first of the cancelled entries was skipped",
               tests::LooksLike{"at 1 ms", "cancelled-head-shortens-the-sleep"});
  told.cancel(told.timers[7]);
  EXPECT_STORY(told.story, told.next_deadline(), "none", "every timer was cancelled",
               tests::LooksLike{"at 8 ms", "cancelled-head-shortens-the-sleep"});
  EXPECT_TRUE(told.queue.empty());
}

TEST(Step4_NextDeadline, BehindACancelledOneTheVectorIsNotSorted) {
  Told told;
  Named& a = told.push(10ms, "A");
  told.push(30ms, "C");
  told.push(20ms, "B");
  told.cancel(a);
  EXPECT_STORY(told.story, told.next_deadline(), "at 20 ms",
               "slot 1 may be due later than slot 2: only the first entry of a heap is sure",
               tests::LooksLike{"at 30 ms", "searches-the-vector"},
               tests::LooksLike{"at 10 ms", "cancelled-head-shortens-the-sleep"});
}

TEST(Step4_NextDeadline, DoesWhatAMultimapDoes) { compare_with_model(Trial::and_next_deadline); }

TEST(Step4_SleepTime, WithoutADeadlineForEver) {
  const aio::SteadyClock clock;
  EXPECT_EQ(clock.poll_timeout(std::nullopt), std::nullopt)
      << "Likely cause: without a deadline the answer is std::nullopt, not a time";
}

TEST(Step4_SleepTime, ADeadlineThatHasPassedAllowsNoSleep) {
  const aio::SteadyClock clock;
  const auto sleep_until = [&](Clock::time_point deadline) {
    const auto timeout = clock.poll_timeout(deadline);
    return timeout ? tests::to_text(*timeout) : "for ever";
  };
  tests::Story story;
  story.step("poll_timeout(now - 1 h)");
  EXPECT_STORY(story, sleep_until(clock.now() - 1h), "0 ms",
               "the deadline has passed, so the difference is negative; to the kernel that is an "
               "error, or means for ever");
  story.step("poll_timeout(now), which has passed when the clock is read again");
  EXPECT_STORY(story, sleep_until(clock.now()), "0 ms",
               "the deadline has passed, so the difference is negative; to the kernel that is an "
               "error, or means for ever");
  story.step("poll_timeout(the start of time)");
  EXPECT_STORY(story, sleep_until(start_of_time), "0 ms",
               "the difference of the two times does not fit into 64 bits: compare, then subtract");
}

TEST(Step4_SleepTime, IsNeverShorterThanTheTimeLeft) {
  const aio::SteadyClock clock;
  tests::Story story;
  story.step("poll_timeout(now + d), for d = 10 ms, 10.01 ms, 10.02 ms … 12 ms");
  bool never_shorter = true, never_longer = true;
  for (auto left = 10'000us; left <= 12'000us; left += 10us) {
    const auto before = clock.now(), deadline = before + left;
    const auto timeout = clock.poll_timeout(deadline).value_or(Clock::duration::max());
    const auto after = clock.now();
    never_shorter = never_shorter && timeout >= deadline - after;
    never_longer = never_longer && timeout <= deadline - before + 1ms;
  }
  EXPECT_STORY(story, never_shorter, true,
               "a sleep that ends early finds nothing due, and spins until the deadline",
               Seen{false, "sleep-rounds-down"});
  EXPECT_STORY(story, never_longer, true, "the sleep is a millisecond or more too long");
}

TEST(Step4_SleepTime, TheEndOfTimeIsFarAway) {  // LOOP-13
  const aio::SteadyClock clock;
  const auto before = clock.now();
  const auto timeout = clock.poll_timeout(end_of_time).value_or(Clock::duration::max());
  EXPECT_GE(timeout, end_of_time - clock.now());
  EXPECT_GE(before + timeout, before);
}

// ── 3.5: rules V1 to V3 ────────────────────────────────────────────────────────────────────────

TEST(Step5_Jump, GoesToTheDeadline) {
  VirtualClock clock;
  tests::Story story(clock);
  story.step("idle_until(1 h) returns true");
  EXPECT_TRUE(clock.idle_until(at(1h)));
  EXPECT_STORY(story, clock.now(), at(1h), "the clock stands still");
}

TEST(Step5_Jump, NeverGoesBack) {
  VirtualClock clock;
  tests::Story story(clock);
  clock.advance(10s);
  story.step("advance(10 s)");
  story.step("idle_until(5 s), which has passed, returns true");
  EXPECT_TRUE(clock.idle_until(at(5s)));
  EXPECT_STORY(story, clock.now(), at(10s), "time was set to a deadline that had passed",
               Seen{at(5s), "time-goes-back"});
}

TEST(Step5_Jump, WithoutADeadlineNothingCanHappen) {
  VirtualClock clock;
  tests::Story story(clock);
  clock.advance(10ms);
  story.step("idle_until(no deadline)");
  EXPECT_STORY(story, clock.idle_until(std::nullopt), false,
               "true says that something will come; a loop would wait for it for ever",
               Seen{true, "waits-for-nothing"});
  EXPECT_EQ(clock.now(), at(10ms));
}

TEST(Step5_Jump, NoRealSleepWhileADeadlineIsKnown) {
  VirtualClock clock;
  clock.advance(1s);
  tests::Story story(clock);
  const auto may_sleep = [&](std::optional<Clock::time_point> next) {
    const auto timeout = clock.poll_timeout(next);
    return timeout ? tests::to_text(*timeout) : "for ever";
  };
  story.step("poll_timeout(1 h)");
  EXPECT_STORY(story, may_sleep(at(1h)), "0 ms",
               "the answer is in virtual time; it says how long the kernel may really sleep");
  story.step("poll_timeout(1 ms), which has passed");
  EXPECT_STORY(story, may_sleep(at(1ms)), "0 ms", "a deadline is known, so nobody sleeps");
  story.step("poll_timeout(no deadline)");
  EXPECT_STORY(story, may_sleep(std::nullopt), "1 s",
               "only a descriptor can help now, and a second of real time is granted to it");
}

/// Hands out timers as a loop does: sleeps (jumps) to the next deadline, takes out what is due.
/// Gives up after `most` rounds.
template <class Fire>
void run_until_empty(Told& told, VirtualClock& clock, Fire fire, int most = 100) {
  for (int round = 0; round < most; ++round) {
    if (!clock.idle_until(told.queue.next_deadline())) return;
    while (Timer* due = told.queue.pop_due(clock.now())) fire(static_cast<Named&>(*due));
  }
  FAIL() << "no end after " << most << " rounds\n" << told.story.text();
}

TEST(Step5_Jump, HoursPassInNoTime) {
  VirtualClock clock;
  Told told{.queue = {}, .story = tests::Story(clock), .timers = {}};
  told.push(3h, "three hours");
  told.push(1h, "an hour");
  told.push(2h, "two hours");
  std::string rang;
  run_until_empty(told, clock, [&](Named& timer) {
    told.story.ran(timer.name);
    rang += tests::to_text(clock.now()) + ", ";
  });
  EXPECT_STORY(told.story, told.story.order(), "an hour two hours three hours",
               "the clock jumped over a deadline");
  EXPECT_STORY(told.story, rang, "at 3600 s, at 7200 s, at 10800 s, ",
               "the clock did not jump to the very deadline");
}

TEST(Step5_Jump, ABusyCallbackMakesTimersLateButLosesNone) {
  VirtualClock clock;
  Told told{.queue = {}, .story = tests::Story(clock), .timers = {}};
  told.push(1s, "busy");
  told.push(3s, "B");
  told.push(2s, "A");
  told.push(60s, "C");
  std::string rang;
  run_until_empty(told, clock, [&](Named& timer) {
    told.story.ran(timer.name);
    rang += timer.name + " " + tests::to_text(clock.now()) + ", ";
    if (timer.name == "busy") clock.advance(10s);
  });
  EXPECT_STORY(told.story, rang, "busy at 1 s, A at 11 s, B at 11 s, C at 60 s, ",
               "what became due meanwhile comes at once, by deadline");
}

TEST(Step5_Jump, ATimerThatPushesItselfKeepsTimeMoving) {
  VirtualClock clock;
  Told told{.queue = {}, .story = tests::Story(clock), .timers = {}};
  told.push(100ms, "tick");
  int ticks = 0;
  run_until_empty(told, clock, [&](Named& tick) {
    if (++ticks < 50) told.push_again(100ms * (ticks + 1), tick);
  });
  EXPECT_EQ(ticks, 50);
  EXPECT_STORY(told.story, clock.now(), at(5s), "the clock jumped too far, or not far enough");
}

// ── what is given ──────────────────────────────────────────────────────────────────────────────

TEST(TimerQueue_PopAny, TakesOutEverything) {
  Told told;
  told.push(Clock::duration::max(), "never");
  told.push(10ms, "A");
  told.cancel(told.push(20ms, "B"));
  int count = 0;
  while (Timer* timer = told.queue.pop_any()) {
    EXPECT_FALSE(timer->pending());
    ++count;
  }
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(told.queue.empty());
}

TEST(TimerQueue_Lifetime, ATimerMayGoWhenItIsNotPending) {  // under ASan this says more
  TimerQueue queue;
  auto cancelled = std::make_unique<Timer>(), popped = std::make_unique<Timer>();
  Timer last;
  queue.push(at(1ms), *popped);
  queue.push(at(2ms), *cancelled);
  queue.push(at(3ms), last);
  queue.cancel(*cancelled);
  cancelled.reset();
  ASSERT_EQ(queue.pop_due(at(1ms)), popped.get());
  popped.reset();
  EXPECT_EQ(queue.next_deadline(), at(3ms));
  EXPECT_EQ(queue.pop_due(end_of_time), &last);
}

TEST(Clock_Steady, NeverGoesBack) {  // LOOP-16
  const aio::SteadyClock clock;
  auto last = clock.now();
  for (int i = 0; i < 1'000; ++i) {
    const auto now = clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
