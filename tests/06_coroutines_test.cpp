// Lesson 06: coroutines. The frame and its owner, results, the way in, the way back.

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>

#include "support/allocations.hpp"
#include "support/interrupt.hpp"
#include "support/refusal.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {
struct Noted {};  // the result of a coroutine whose way back is written below
}  // namespace

/// So that step 6.3 can ask where the way back leads to, before step 6.5 has written it.
template <>
inline void aio::detail::CoroPromiseBase<Noted>::hand_back(
    std::coroutine_handle<>& next) const noexcept {
  next = continuation_;
}

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro;
using tests::Interrupt, tests::refusal, tests::Seen, tests::Story;

const auto compiled = tests::compiled_from(aio::layers::coro);

// ── what the tests are told with ───────────────────────────────────────────────────────────────

/// How many objects of a test were made, copied, moved, and are alive.
struct Count {
  int alive = 0, made = 0, copies = 0, moves = 0;
};

/// Counts itself. Lives in parameters, locals, results and exceptions. Its move may throw, for all
/// the compiler knows. Has no default constructor.
struct Probe {
  explicit Probe(Count& c) : count(&c) { born(); }
  Probe(const Probe& other) : count(other.count) { born(), ++count->copies; }
  Probe(Probe&& other) : count(other.count) { born(), ++count->moves; }
  Probe& operator=(const Probe&) = delete;
  ~Probe() { --count->alive; }
  void born() const { ++count->alive, ++count->made; }
  Count* count;
};

/// The outermost coroutine of a test. Starts at once, and keeps how it ends.
class Root {
 public:
  struct promise_type {
    std::exception_ptr error{};
    Root get_return_object() {
      return Root(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
  };
  explicit Root(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
  ~Root() { frame_.destroy(); }

  /// "pending", "done", or the message of the exception.
  std::string outcome() const {
    if (!ended()) return "pending";
    return frame_.promise().error ? aio::message_of(frame_.promise().error) : "done";
  }
  bool ended() const { return frame_.done(); }
  std::coroutine_handle<> handle() const { return frame_; }

 private:
  std::coroutine_handle<promise_type> frame_;
};

/// `co_await gate` pauses the coroutine until open().
class Gate {
 public:
  class Wait {
   public:
    explicit Wait(Gate& gate) : gate_(gate) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { gate_.waiting_ = waiting; }
    void await_resume() const noexcept {}

   private:
    Gate& gate_;
  };
  Wait operator co_await() { return Wait(*this); }
  bool has_waiting() const { return waiting_ != nullptr; }
  void open() {
    if (waiting_) std::exchange(waiting_, nullptr).resume();
  }

 private:
  std::coroutine_handle<> waiting_;
};

/// How much of the stack was used between the highest and the lowest call of note().
class Stack {
 public:
  [[gnu::noinline]] void note() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (lowest_ == 0 || here < lowest_) lowest_ = here;
    if (here > highest_) highest_ = here;
  }
  std::size_t used() const { return highest_ - lowest_; }
  /// A few calls are fine; what grows with the number of awaits is not.
  const char* verdict() const { return used() < 8'192 ? "flat" : "it grows"; }

 private:
  std::uintptr_t lowest_ = 0, highest_ = 0;
};

/// Runs a coroutine that nobody awaits, and returns its frame.
template <class T>
typename Coro<T>::Frame run_alone(Coro<T> coro) {
  auto frame = coro.release();
  frame.get().resume();
  return frame;
}

/// Awaits a coroutine by hand, without a coroutine that does it: all but the way back.
template <class T>
T await_by_hand(Coro<T> coro) {
  auto awaiter = std::move(coro).operator co_await();
  if (!awaiter.await_ready()) awaiter.await_suspend(std::noop_coroutine()).resume();
  return awaiter.await_resume();
}

Coro<> says(Story& story, std::string name) {
  story.ran(std::move(name));
  co_return;
}
Coro<> holds(Probe) { co_return; }
Coro<int> returns(int value) { co_return value; }
Coro<> throws(std::string message) {
  throw std::runtime_error(message);
  co_return;
}

// ── 6.1 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step1_Call, ReturnsTheOwnerOfANewFrame) {
  Story story;
  story.step("coro = says(A)");
  const tests::Suspicion crash(
      "a Frame that owns nothing ends, too: reset() has to look before it destroys");
  const Coro<> coro = says(story, "A");
  EXPECT_STORY(story, coro.valid(), true,
               "the Coro owns no frame: get_return_object() must give it this promise's handle, "
               "and the handle must survive the move into the Coro");
}

TEST(Step1_Call, DoesNotRunTheBody) {
  Story story;
  story.step("coro = says(A)");
  const Coro<> coro = says(story, "A");
  story.step("the call has returned");
  EXPECT_STORY(story, story.order(), "",
               "the body ran inside the call; a Coro is lazy, so initial_suspend() must pause it",
               Seen{"A", "starts-at-the-call"});
}

/// A coroutine whose frames stay readable when they have been destroyed: one that is destroyed
/// twice is a number here, and no crash.
struct Watched {
  struct promise_type {
    static inline int destroyed = 0;
    static inline std::function<void()> when_destroyed{};
    static void* operator new(std::size_t size) {
      return memory().emplace_back(std::make_unique<std::byte[]>(size)).get();
    }
    static void operator delete(void*) {}
    static std::vector<std::unique_ptr<std::byte[]>>& memory() {
      static std::vector<std::unique_ptr<std::byte[]>> all;
      return all;
    }
    ~promise_type() {
      ++destroyed;
      if (when_destroyed) when_destroyed();
    }
    Watched get_return_object() {
      return Watched{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};
Watched watched() { co_return; }

class Step1_Owner : public testing::Test {
 protected:
  using Frame = aio::detail::Frame<Watched::promise_type>;
  Step1_Owner() { Watched::promise_type::destroyed = 0; }
  ~Step1_Owner() override { Watched::promise_type::when_destroyed = nullptr; }
  Frame make(const std::string& name) {
    story.step(name + " = a new frame");
    return Frame(watched().handle);
  }
  int destroyed() const { return Watched::promise_type::destroyed; }
  Story story;
};

TEST_F(Step1_Owner, DestroysItsFrameOnce) {
  {
    const Frame frame = make("a");
    story.step("a goes out of scope");
  }
  EXPECT_STORY(story, destroyed(), 1, "reset(), which the destructor calls, destroys the frame",
               Seen{0, "never-destroyed"}, Seen{2, "destroyed-twice"});
}

TEST_F(Step1_Owner, HandsItOverWhenItIsMoved) {
  {
    Frame a = make("a");
    story.step("b = std::move(a)");
    const Frame b = std::move(a);
    EXPECT_STORY(story, static_cast<bool>(a), false, "the frame has two owners now",
                 Seen{true, "destroyed-twice"});
    EXPECT_STORY(story, static_cast<bool>(b), true, "the frame was lost on the way");
    EXPECT_STORY(story, destroyed(), 0, "moving destroys nothing");
    story.step("both go out of scope");
  }
  EXPECT_STORY(story, destroyed(), 1, "after a move, only the new owner destroys the frame",
               Seen{0, "never-destroyed"}, Seen{2, "destroyed-twice"});
}

TEST_F(Step1_Owner, DestroysWhatItHadWhenItIsAssigned) {
  {
    Frame a = make("a"), b = make("b");
    story.step("a = std::move(b)");
    a = std::move(b);
    EXPECT_STORY(story, destroyed(), 1, "nobody owns the old frame of a any more");
    EXPECT_STORY(story, static_cast<bool>(b), false, "b was moved from");
    story.step("both go out of scope");
  }
  EXPECT_STORY(story, destroyed(), 2, "two frames were made");
}

TEST_F(Step1_Owner, SurvivesBeingAssignedToItself) {
  {
    Frame a = make("a");
    Frame& same = a;
    story.step("a = std::move(a)");
    a = std::move(same);
    EXPECT_STORY(story, destroyed(), 0, "the frame was destroyed under its owner");
    EXPECT_STORY(story, static_cast<bool>(a), true, "a has lost its frame");
  }
  EXPECT_STORY(story, destroyed(), 1, "one frame was made");
}

TEST_F(Step1_Owner, GivesItUpWhenItIsReleased) {
  Frame a = make("a");
  story.step("a.release()");
  const auto handle = a.release();
  EXPECT_STORY(story, static_cast<bool>(a), false, "a still owns it");
  a.reset();
  EXPECT_STORY(story, destroyed(), 0, "whoever has released a frame must leave it alone");
  handle.destroy();
}

TEST_F(Step1_Owner, ResetsOnce) {
  Frame a = make("a");
  story.step("a.reset(), twice");
  a.reset();
  a.reset();
  EXPECT_STORY(story, destroyed(), 1,
               "the second reset() must find nothing: reset() leaves the handle null",
               Seen{2, "resets-and-keeps-the-handle"});
}

// What is in the frame may reach its owner while it ends, and reset it once more.
TEST_F(Step1_Owner, IsEmptyWhileItsFrameIsDestroyed) {
  Frame a = make("a");
  bool owns = false;
  Watched::promise_type::when_destroyed = [&] { owns = static_cast<bool>(a); };
  story.step("a.reset(); a destructor in the frame asks whether a owns a frame");
  a.reset();
  EXPECT_STORY(
      story, owns, false,
      "reset() destroys first and forgets the handle afterwards; std::exchange does it the "
      "other way round",
      tests::LooksLike{true, "forgets-the-frame-too-late"});
}

TEST(Step1_Frame, KeepsTheParametersInTheFrame) {
  Story story;
  Count count;
  {
    story.step("coro = holds(Probe)");
    const Coro<> coro = holds(Probe(count));
    story.step("the call is over, and with it the argument that was passed");
    EXPECT_STORY(story, count.alive, 1, "the frame's own copy of the parameter should be alive");
    story.step("the coro goes out of scope");
  }
  EXPECT_STORY(story, count.alive, 0, "whoever owns a frame must destroy it",
               Seen{1, "never-destroyed"});
}

TEST(Step1_Coro, HasOneOwnerWhereverItGoes) {
  Story story;
  Count count;
  {
    std::vector<Coro<>> coros;
    for (int i = 0; i < 10; ++i) coros.push_back(holds(Probe(count)));
    story.step("ten coros in a vector, which has grown several times");
    EXPECT_STORY(story, count.alive, 10, "a move has destroyed a frame, or lost it");
    coros.erase(coros.begin(), coros.begin() + 5);
    story.step("five are erased");
    EXPECT_STORY(story, count.alive, 5, "the frames of erased coros must be destroyed");
  }
  EXPECT_STORY(story, count.alive, 0, "the vector is gone, and so are the frames");
}

TEST(Step1_Coro, IsEmptyWhenItWasMovedFrom) {
  Coro<int> a = returns(1), b;
  Story story;
  const auto full = [&] { return std::string(a.valid() ? "a" : "") + (b.valid() ? "b" : ""); };
  story.step("Coro a = returns(1), b");
  EXPECT_STORY(story, full(), "a", "get_return_object() gives the Coro no frame");
  b = std::move(a);
  story.step("b = std::move(a)");
  EXPECT_STORY(story, full(), "b", "take() is to leave null in the frame that it takes from");
  a = returns(2);
  story.step("a = returns(2)");
  EXPECT_STORY(story, full(), "ab", "a was empty, and has a new frame");
  b = std::move(a);
  story.step("b = std::move(a)");
  EXPECT_STORY(story, full(), "b", "take() is to leave null in the frame that it takes from");
  EXPECT_STORY(story, refusal([&] { a.release(); }).contains("empty"), true,
               "an empty Coro has nothing to give up");
}

static_assert(!std::copy_constructible<Coro<int>> && !std::is_copy_assignable_v<Coro<int>>);
static_assert(std::is_nothrow_move_constructible_v<Coro<int>>);
static_assert(std::is_nothrow_move_assignable_v<Coro<int>>);

// ── 6.2 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step2_Result, KeepsAValue) {
  Story story;
  story.step("frame = returns(7), resumed by hand");
  const auto frame = run_alone(returns(7));
  ASSERT_STORY(story, frame.promise().result().has_value(), true,
               "co_return 7 calls return_value(7) on the promise; its result_ is still empty");
  EXPECT_STORY(story, frame.promise().result().value(), 7, "another value was kept");
}

TEST(Step2_Result, OfVoidIsThatItHasEnded) {
  Story story;
  story.step("frame = says(A), resumed by hand");
  const auto frame = run_alone(says(story, "A"));
  EXPECT_STORY(story, frame.promise().result().has_value(), true,
               "without a result the end of the body calls return_void(); it must be noted, or "
               "nobody can tell this end from none");
}

Coro<int&> returns_reference(int& object) { co_return object; }
Coro<const std::string&> returns_const(const std::string& object) { co_return object; }

TEST(Step2_Result, OfAReferenceIsTheObjectItself) {
  int object = 1;
  const std::string text = "text";
  const auto frame = run_alone(returns_reference(object));
  const auto constant = run_alone(returns_const(text));
  Story story;
  story.step("co_return of an int&, and of a const std::string&; both resumed by hand");
  ASSERT_STORY(story, frame.promise().result().has_value(), true, "return_value() keeps nothing");
  EXPECT_STORY(story, &frame.promise().result().value() == &object, true,
               "the result is another object: for a reference, its address is kept");
  EXPECT_STORY(story, &constant.promise().result().value() == &text, true,
               "the result is another object: for a reference, its address is kept");
}

Coro<std::unique_ptr<int>> returns_pointer(int value) {
  auto pointer = std::make_unique<int>(value);
  co_return pointer;  // a local is moved out, as by return
}
Coro<std::optional<int>> returns_nothing() { co_return std::nullopt; }
Coro<std::pair<int, std::string>> returns_pair() { co_return {7, "seven"}; }
Coro<std::string> returns_text() { co_return "text"; }

TEST(Step2_Result, IsMadeAsByReturn) {
  Story story;
  const auto* cause = "return_value() forwards what it is given into emplace()";
  story.step("co_return pointer, a unique_ptr");
  const auto pointer = run_alone(returns_pointer(7));
  ASSERT_STORY(story, pointer.promise().result().has_value(), true, cause);
  EXPECT_STORY(story, pointer.promise().result().value() != nullptr, true, cause);
  story.step("co_return std::nullopt, in a Coro<std::optional<int>>");
  const auto nothing = run_alone(returns_nothing());
  ASSERT_STORY(story, nothing.promise().result().has_value(), true, cause);
  EXPECT_STORY(story, nothing.promise().result().value() == std::nullopt, true, cause);
  story.step("co_return {7, \"seven\"}");
  const auto pair = run_alone(returns_pair());
  EXPECT_STORY(story, pair.promise().result().value().second, "seven", cause);
  story.step("co_return \"text\", in a Coro<std::string>");
  const auto text = run_alone(returns_text());
  EXPECT_STORY(story, text.promise().result().value(), "text", cause);
}

template <class T, class U>
concept CanReturn = requires(aio::detail::CoroPromise<T>& promise, U&& value) {
  promise.return_value(std::forward<U>(value));
};
static_assert(CanReturn<std::string, const char*> && CanReturn<double, int>);
static_assert(!CanReturn<std::vector<int>, int>, "return 7; makes no vector either");
static_assert(CanReturn<const std::string&, std::string&>);
static_assert(!CanReturn<const std::string&, std::string>, "a temporary would be gone at once");
static_assert(!CanReturn<int&, const int&>);

Coro<std::string> returns_copy(std::string& theirs) { co_return theirs; }

TEST(Step2_Result, IsCopiedFromWhatBelongsToOthers) {
  Story story;
  const std::string text = "a text of somebody else";
  std::string theirs = text;
  story.step("co_return theirs, which is a reference to a string of the caller");
  const auto frame = run_alone(returns_copy(theirs));
  EXPECT_STORY(story, theirs, text,
               "return_value() must forward what it is given: moved if it is the coroutine's own, "
               "copied if it is not. std::move takes it from its owner in either case",
               Seen{std::string(), "taken-from-its-owner"});
}

Coro<Probe> returns_probe(Count& count) {
  Probe local(count);
  co_return local;
}

TEST(Step2_Result, IsMovedIntoTheFrame) {
  Story story;
  Count count;
  {
    story.step("co_return local, of a type that counts its copies");
    const auto frame = run_alone(returns_probe(count));
    EXPECT_STORY(story, count.copies, 0, "return_value() must forward what it is given",
                 Seen{1, "copied-into-the-frame"});
    EXPECT_STORY(story, count.alive, 1, "the local has ended, its value is in the frame");
  }
  EXPECT_STORY(story, count.alive, 0, "a result that nobody takes is destroyed with its frame");
}

/// How an exception of type E looks from outside: "kept", "thrown out of resume()", or "lost".
template <class E>
std::string fate_of(E thrown) {
  const auto body = [](E what) -> Coro<> {
    throw what;
    co_return;
  };
  auto frame = body(std::move(thrown)).release();
  try {
    frame.get().resume();
  } catch (const E&) {
    return "thrown out of resume()";
  }
  const auto kept = frame.promise().result().exception();
  if (!kept) return "lost";
  try {
    std::rethrow_exception(kept);
  } catch (const E&) {
    return "kept";
  } catch (...) {
    return "another one is kept";
  }
}

TEST(Step2_Exception, IsKeptWhateverItsType) {
  Story story;
  constexpr auto cause =
      "unhandled_exception() is called inside the catch block: std::current_exception() is what "
      "the body has thrown; it is for whoever awaits, not for whoever resumes";
  const char* thrown_on = "thrown-at-who-resumes";
  const auto expect_kept = [&](const std::string& type, const std::string& fate) {
    if (HasFailure()) return;  // one says enough
    story.step("a coroutine that throws " + type + " is resumed by hand");
    EXPECT_STORY(story, fate, "kept", cause, Seen{std::string("thrown out of resume()"), thrown_on},
                 Seen{std::string("lost"), "exception-is-swallowed"});
    thrown_on = "only-std-exceptions-are-kept";  // the first one was
  };
  expect_kept("std::runtime_error", fate_of(std::runtime_error("boom")));
  expect_kept("an int", fate_of(7));
  expect_kept("a std::string", fate_of(std::string("boom")));
  expect_kept("CancelledError", fate_of(CancelledError()));
  expect_kept("a FatalError", fate_of(Interrupt()));
}

TEST(Step2_Exception, IsDestroyedOnceWithTheFrame) {
  Story story;
  Count count;
  {
    const auto body = [](Count& c) -> Coro<> {
      throw Probe(c);
      co_return;
    };
    story.step("a coroutine throws a Probe, and nobody awaits it");
    const auto frame = run_alone(body(count));
    EXPECT_STORY(story, count.alive, 1, "the exception should be kept, once");
  }
  EXPECT_STORY(story, count.alive, 0, "the exception must end with the frame that kept it");
}

/// Throws when it ends, unless another exception ends it.
struct Tripwire {
  ~Tripwire() noexcept(false) {
    if (std::uncaught_exceptions() == 0) throw std::runtime_error("tripped");
  }
};

TEST(Step2_Exception, ReplacesAValueThatIsThereAlready) {
  Story story;
  Count count;
  const auto body = [](Count& c) -> Coro<Probe> {
    const Tripwire wire;
    co_return Probe(c);
  };
  story.step("co_return a value; then the destructor of a local throws");
  {
    const auto frame = run_alone(body(count));
    EXPECT_STORY(story, frame.promise().result().failed(), true, "the exception came last");
    EXPECT_STORY(story, count.alive, 0, "the value must be destroyed; fresh_result() does that");
  }
  EXPECT_STORY(story, count.alive, 0, "the value was destroyed twice, or never");
}

TEST(Step2_Result, ReplacesAValueThatIsThereAlready) {
  Story story;
  Count count;
  const auto body = [](Count& c) -> Coro<Probe> {
    try {
      const Tripwire wire;
      co_return Probe(c);
    } catch (const std::runtime_error&) {
    }
    co_return Probe(c);
  };
  story.step("co_return a value; a destructor throws, the body catches it, and returns another");
  {
    const auto frame = run_alone(body(count));
    EXPECT_STORY(story, frame.promise().result().has_value(), true, "the second value is there");
    EXPECT_STORY(story, count.alive, 1, "one value is left; fresh_result() destroys the first");
  }
  EXPECT_STORY(story, count.alive, 0, "a value was destroyed twice, or never");
}

// ── 6.3 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step3_WayIn, RunsTheBodyWhenItIsAwaited) {
  Story story;
  const auto outer = [&]() -> Root {
    Coro<> inner = says(story, "inner");
    story.ran("outer");
    co_await std::move(inner);
  };
  const Root root = outer();
  EXPECT_STORY(story, story.order(), "outer inner",
               "await_suspend() returns the handle of whatever is to run next: the frame that is "
               "awaited",
               Seen{"outer", "never-starts"}, Seen{"inner outer", "starts-at-the-call"});
}

TEST(Step3_WayIn, TheAwaitingOnePausesMeanwhile) {
  Story story;
  Gate gate;
  const auto inner = [&]() -> Coro<> {
    story.ran("inner");
    co_await gate;
  };
  const auto outer = [&]() -> Root {
    co_await inner();
    story.ran("outer");
  };
  const Root root = outer();
  story.step("inner waits at the gate");
  EXPECT_STORY(story, story.order(), "inner", "the awaiting coroutine went on too early");
  EXPECT_STORY(story, gate.has_waiting(), true, "the body did not come as far as the gate");
  const std::string outer_meanwhile = root.ended() ? "went on" : "pauses";
  EXPECT_STORY(
      story, outer_meanwhile, "pauses",
      "the awaiting coroutine went on too early: await_suspend() must return the handle of "
      "the body, which goes on now, and not that of the one who awaits");
}

TEST(Step3_WayIn, NotesWhoAwaits) {
  Story story;
  Coro<Noted> inner = []() -> Coro<Noted> { co_return Noted(); }();
  auto frame = inner.release();
  auto& promise = frame.promise();
  aio::detail::CoroAwaiter<Noted> awaiter(std::move(frame));
  const Root outer = []() -> Root { co_await std::suspend_always(); }();
  story.step("await_suspend(outer)");
  awaiter.await_suspend(outer.handle());
  const std::coroutine_handle<> nobody = std::noop_coroutine();
  std::coroutine_handle<> next = nobody;
  promise.hand_back(next);
  const std::string leads_to = next == outer.handle() ? "outer"
                               : next == nobody       ? "whoever resumed it"
                                                      : "another coroutine";
  story.step("the promise is asked where its end leads to");
  EXPECT_STORY(story, leads_to, "outer",
               "await_suspend() must tell the promise who awaits, which is what it is given, or "
               "nobody will find the way back",
               Seen{std::string("whoever resumed it"), "nobody-is-noted"});
}

Coro<> goes_down(Stack& stack, int levels) {
  stack.note();
  if (levels > 0) co_await goes_down(stack, levels - 1);
}

TEST(Step3_WayIn, DoesNotGrowTheStack) {
  Story story;
  Stack stack;
  const auto outer = [&]() -> Root { co_await goes_down(stack, 1'000); };
  story.step("a coroutine awaits one that awaits one …, 1,000 levels deep");
  const Root root = outer();
  story.step("the stack used between them: " + std::to_string(stack.used()) + " bytes");
  const std::string the_stack = stack.verdict();
  EXPECT_STORY(story, the_stack, "flat",
               "await_suspend() must not resume() the frame, which is a call that stays on the "
               "stack; it returns the handle, and the compiler jumps there",
               Seen{std::string("it grows"), "resumes-inside"});
}

TEST(Step3_WayIn, ACoroIsAwaitedOnce) {
  Story story;
  Coro<> inner = says(story, "inner");
  const auto outer = [&]() -> Root { co_await std::move(inner); };
  const Root first = outer();
  story.step("it is awaited again");
  EXPECT_STORY(story, inner.valid(), false, "co_await takes the frame out of a Coro");
  const Root second = outer();
  EXPECT_STORY(story, second.outcome().contains("empty"), true,
               "whoever awaits an empty Coro is told so; release(), which is given, throws");
  EXPECT_STORY(story, story.order(), "inner", "its body ran twice");
}

template <class T>
concept AwaitedAsLvalue = requires(T& coro) {
  coro.operator co_await();
};
static_assert(!AwaitedAsLvalue<Coro<>>, "a Coro is used up, so it has to be moved");

TEST(Step3_Abandon, DestroysEveryFrameOnce) {
  Story story;
  Count count;
  Gate gate;
  const auto inner = [](Gate& g, Probe) -> Coro<> { co_await g; };
  const auto middle = [&](Probe probe) -> Coro<> {
    const Probe local(*probe.count);
    co_await inner(gate, probe);
  };
  {
    const auto outer = [&]() -> Root { co_await middle(Probe(count)); };
    const Root root = outer();
    story.step("outer awaits middle, which awaits inner, which waits at a gate");
    EXPECT_STORY(story, count.alive >= 3, true, "a frame has ended before its time");
    story.step("outer's frame is destroyed");
  }
  EXPECT_STORY(story, count.alive, 0,
               "the awaiter is part of the frame that awaits, and owns the frame that is awaited");
}

Coro<> holds_down(Gate& gate, Probe probe, int levels) {
  if (levels == 0) co_await gate;
  if (levels > 0) co_await holds_down(gate, probe, levels - 1);
}

TEST(Step3_Abandon, AlsoFromDeepInside) {
  constexpr int levels = 5'000;
  Story story;
  Count count;
  Gate gate;
  {
    const auto outer = [&]() -> Root { co_await holds_down(gate, Probe(count), levels); };
    const Root root = outer();
    story.step("5,000 coroutines, each awaits the next; the innermost waits at a gate");
    EXPECT_STORY(story, gate.has_waiting(), true, "the innermost one has never begun");
    EXPECT_STORY(story, count.alive > levels, true, "a frame has ended before its time");
  }
  story.step("the outermost frame is destroyed");
  EXPECT_STORY(story, count.alive, 0, "the awaiter owns the frame that is awaited");
}

// ── 6.4 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step4_Resume, GivesTheValue) {
  Story story;
  const auto* cause =
      "await_resume() returns what co_await gives: the value in the promise, which is there for as "
      "long as the frame is";
  story.step("co_await returns(7)");
  EXPECT_STORY(story, await_by_hand(returns(7)), 7, cause);
  story.step("co_await of a string, of a unique_ptr, of a pair");
  EXPECT_STORY(story, await_by_hand(returns_text()), "text", cause);
  EXPECT_STORY(story, await_by_hand(returns_pointer(7)) != nullptr, true, cause);
  EXPECT_STORY(story, await_by_hand(returns_pair()).first, 7, cause);
}

TEST(Step4_Resume, GivesAReferenceToTheObjectItself) {
  int object = 1;
  const std::string text = "text";
  Story story;
  story.step("co_await of an int&, and of a const std::string&");
  const auto* cause = "a reference leads to the object itself, and is no copy of it";
  EXPECT_STORY(story, &await_by_hand(returns_reference(object)) == &object, true, cause);
  EXPECT_STORY(story, &await_by_hand(returns_const(text)) == &text, true, cause);
}

TEST(Step4_Resume, MovesTheValueOut) {
  Story story;
  Count count;
  {
    story.step("co_return local, and co_await of it; the type counts its copies");
    const Probe result = await_by_hand(returns_probe(count));
    EXPECT_STORY(story, count.copies, 0,
                 "each Coro is awaited once: nobody else wants its value, so move it out",
                 tests::LooksLike{1, "result-is-copied"});
    EXPECT_STORY(story, count.moves, 2, "it is moved into the frame, and out of it");
    EXPECT_STORY(
        story, count.alive, 1,
        "the awaiter's frame ends with the await, and with it what was left of the value; who "
        "releases the frame leaks it");
  }
  EXPECT_STORY(story, count.alive, 0, "the result was destroyed twice, or never");
}

template <class E>
std::string thrown_by_await(E thrown) {
  const auto body = [](E what) -> Coro<int> {
    throw what;
    co_return 0;
  };
  try {
    await_by_hand(body(std::move(thrown)));
  } catch (const E&) {
    return "thrown";
  } catch (const aio::Todo&) {
    throw;
  } catch (...) {
    return "another one was thrown";
  }
  return "nothing was thrown";
}

TEST(Step4_Resume, ThrowsTheException) {
  Story story;
  story.step("co_await of a coroutine that throws");
  constexpr auto cause = "if the frame keeps an exception, await_resume() must throw it";
  ASSERT_STORY(story, thrown_by_await(std::runtime_error("boom")), "thrown", cause);
  ASSERT_STORY(story, thrown_by_await(7), "thrown", cause);
  ASSERT_STORY(story, thrown_by_await(CancelledError()), "thrown", cause);
  ASSERT_STORY(story, thrown_by_await(Interrupt()), "thrown", cause);
}

/// Cannot be moved when there is no luck left.
struct Fragile {
  explicit Fragile(int l) : luck(l) {}
  Fragile(Fragile&& other) : luck(other.luck - 1) {
    if (luck < 0) throw std::runtime_error("broken");
  }
  int luck;
};

TEST(Step4_Resume, ThrowsWhatAMoveOfTheResultThrows) {
  const auto body = [](int luck) -> Coro<Fragile> { co_return Fragile(luck); };
  Story story;
  const auto thrown = [&](int luck) { return refusal([&] { await_by_hand(body(luck)); }); };
  story.step("a result whose move throws when it is moved too often");
  EXPECT_STORY(story, thrown(2), "nothing was thrown", "the value is moved in, and out: twice");
  EXPECT_STORY(story, thrown(1), "broken", "the move out of the frame throws at whoever awaits");
  EXPECT_STORY(story, thrown(0), "broken", "the move into the frame is the body's exception");
}

// ── 6.5 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step5_WayBack, TheAwaitingOneGoesOn) {
  Story story;
  const auto outer = [&]() -> Root {
    story.ran("outer");
    co_await says(story, "inner");
    story.ran("outer");
    co_await says(story, "inner");
    story.ran("outer");
  };
  const Root root = outer();
  EXPECT_STORY(story, story.order(), "outer inner outer inner outer",
               "at its end a coroutine hands control to whoever awaits it: `next` must be the "
               "continuation",
               tests::LooksLike{"outer inner", "forgets-who-awaits"});
  EXPECT_STORY(story, root.outcome(), "done", "the awaiting coroutine never goes on");
}

TEST(Step5_WayBack, AlsoAfterAPause) {
  Story story;
  Gate gate;
  const auto inner = [&]() -> Coro<int> {
    co_await gate;
    story.ran("inner");
    co_return 7;
  };
  const auto outer = [&]() -> Root {
    const int result = co_await inner();
    story.ran("outer");
    EXPECT_STORY(story, result, 7, "the value was lost over the pause");
  };
  const Root root = outer();
  story.step("the gate opens");
  gate.open();
  EXPECT_STORY(story, story.order(), "inner outer",
               "whoever resumes the inner one runs the outer one as well: inner's end leads there",
               tests::LooksLike{"inner", "forgets-who-awaits"});
}

TEST(Step5_WayBack, LeadsToWhoResumedItIfNobodyAwaits) {
  Story story;
  const auto frame = run_alone(says(story, "A"));
  story.step("says(A) is resumed by hand");
  EXPECT_STORY(story, frame.get().done(), true, "the body has not come to its end");
  EXPECT_STORY(story, story.order(), "A", "without an awaiting coroutine, it just ends");
}

TEST(Step5_WayBack, ExceptionsTakeItToo) {
  Story story;
  Count count;
  const auto middle = [&](Probe probe) -> Coro<> {
    const Probe local = probe;
    co_await throws("boom");
    story.ran("after-the-throw");
  };
  const auto outer = [&]() -> Root {
    try {
      co_await middle(Probe(count));
    } catch (const std::runtime_error& error) {
      story.ran(error.what());
      EXPECT_STORY(story, count.alive, 0, "what the throw has passed is gone, parameters too");
    }
    co_await says(story, "on");
    co_await throws("bang");
  };
  const Root root = outer();
  EXPECT_STORY(story, story.order(), "boom on",
               "an exception passes through awaits as through calls");
  EXPECT_STORY(story, root.outcome(), "bang", "an exception was lost");
}

Coro<Probe> passes_probe(Probe probe) { co_return probe; }

TEST(Step5_WayBack, EveryResultAndFrameEndsOnce) {
  Story story;
  Count count;
  const auto middle = [&]() -> Coro<Probe> { co_return co_await passes_probe(Probe(count)); };
  const auto outer = [&]() -> Root {
    const Probe result = co_await middle();
    EXPECT_STORY(story, count.alive, 1, "only the result is left");
    EXPECT_STORY(story, count.copies, 0, "each await moves");
  };
  { const Root root = outer(); }
  EXPECT_STORY(story, count.alive, 0, "a result was destroyed twice, or never");
}

Coro<> passes_void(Story& story) { co_return co_await says(story, "A"); }
Coro<int> adds(int a, int b) { co_return co_await returns(a) + co_await returns(b); }
Coro<int&> passes_reference(int& object) { co_return co_await returns_reference(object); }

TEST(Step5_WayBack, AwaitsAreExpressions) {
  Story story;
  int object = 1;
  const auto outer = [&]() -> Root {
    co_await passes_void(story);
    const int sum = co_await adds(3, co_await adds(2, 2));
    EXPECT_STORY(story, sum, 7, "an await inside an expression gives another value");
    int& same = co_await passes_reference(object);
    EXPECT_STORY(story, &same == &object, true, "a reference leads to the object itself");
    if (const auto pointer = co_await returns_pointer(7)) object = *pointer;
  };
  const Root root = outer();
  EXPECT_STORY(story, root.outcome(), "done", "the awaiting coroutine never goes on");
  EXPECT_STORY(story, object, 7, "an await in a condition gives another value");
  EXPECT_STORY(story, story.order(), "A", "an await in a co_return does not run its body once");
}

/// Something that can be awaited once it is called ready.
struct Ready {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return 7; }
};

TEST(Step5_WayBack, OtherAwaitersWorkInsideToo) {
  Story story;
  story.step("an inner coroutine awaits something that is ready, twice");
  const auto inner = []() -> Coro<int> { co_return co_await Ready() + co_await Ready(); };
  const auto outer = [&]() -> Root {
    const int sum = co_await inner();
    EXPECT_STORY(story, sum, 14, "an awaiter that is ready gives its value without a pause");
  };
  EXPECT_STORY(story, outer().outcome(), "done", "the awaiting coroutine never goes on");
}

Coro<int> notes(Stack& stack) {
  stack.note();
  co_return 1;
}

TEST(Step5_Stack, AwaitsInALoopLeaveItAlone) {
  Story story;
  Stack stack;
  const auto outer = [&]() -> Root {
    for (int i = 0; i < 1'000; ++i) co_await notes(stack);
  };
  story.step("1,000 awaits in a loop, each of a coroutine that ends at once");
  const Root root = outer();
  story.step("the stack used between them: " + std::to_string(stack.used()) + " bytes");
  const std::string the_stack = stack.verdict();
  EXPECT_STORY(story, the_stack, "flat",
               "hand_back() must not resume() the awaiting coroutine, which is a call inside the "
               "one that ends; it only says where to go, and the compiler jumps there",
               tests::LooksLike{std::string("it grows"), "returns-by-a-call"});
  EXPECT_STORY(story, root.outcome(), "done", "the loop does not come to its end");
}

Coro<int> comes_back(Stack& stack, int levels) {
  int below = 0;
  if (levels > 0) below = co_await comes_back(stack, levels - 1);
  stack.note();
  co_return below + 1;
}

TEST(Step5_Stack, TheWayBackFromDeepInsideLeavesItAlone) {
  Story story;
  Stack stack;
  const auto outer = [&]() -> Root {
    const int levels = co_await comes_back(stack, 999);
    EXPECT_STORY(story, levels, 1'000, "a level of the recursion has not come back");
  };
  story.step("1,000 coroutines, each awaits the next; the innermost ends");
  const Root root = outer();
  story.step("the stack used between them: " + std::to_string(stack.used()) + " bytes");
  const std::string the_stack = stack.verdict();
  EXPECT_STORY(story, the_stack, "flat",
               "each coroutine that ends resumes the one outside by a call",
               Seen{std::string("it grows"), "returns-by-a-call"});
  EXPECT_STORY(story, root.outcome(), "done", "the outermost coroutine never goes on");
}

// From here on the numbers are large: code that grows the stack ends in its overflow. So does a
// deep chain that is given up on the way, for frames own each other: it must come back from the
// first level before it is sent to the last.

TEST(Step5_Volume, AMillionAwaitsInALoop) {  // TASK-03
  Story story;
  Stack stack;
  int sum = 0;
  const auto outer = [&]() -> Root {
    for (int i = 0; i < 1'000'000; ++i) sum += co_await notes(stack);
  };
  story.step("a million awaits in a loop");
  const Root root = outer();
  EXPECT_STORY(story, sum, 1'000'000, "the loop does not come to its end");
  const std::string the_stack = stack.verdict();
  EXPECT_STORY(story, the_stack, "flat", "the stack grows");
}

TEST(Step5_Volume, ARecursionAHundredThousandDeep) {  // TASK-03
  Story story;
  Stack stack;
  int levels = 0;
  const auto outer = [&](int deepest) -> Root { levels = co_await comes_back(stack, deepest); };
  story.step("one coroutine awaits another");
  const Root shallow = outer(0);
  ASSERT_STORY(story, levels, 1, "the recursion does not come back");
  story.step("100,000 coroutines, each awaits the next");
  const Root root = outer(99'999);
  EXPECT_STORY(story, levels, 100'000, "the recursion does not come back");
  const std::string the_stack = stack.verdict();
  EXPECT_STORY(story, the_stack, "flat", "the stack grows");
}

Coro<> throws_from(Count& count, int levels) {
  const Probe local(count);
  if (levels == 0) throw std::runtime_error("from the bottom");
  co_await throws_from(count, levels - 1);
}

TEST(Step5_Volume, AnExceptionFromTenThousandLevelsDown) {
  Count count;
  const auto outer = [&](int levels) -> Root { co_await throws_from(count, levels); };
  const Root shallow = outer(0);
  Story story;
  story.step("one coroutine awaits another, which throws");
  ASSERT_STORY(story, shallow.outcome(), "from the bottom", "the exception was lost on the way");
  count.made = 0;
  story.step("10,000 coroutines, each awaits the next; the innermost throws");
  const Root root = outer(9'999);
  EXPECT_STORY(story, root.outcome(), "from the bottom", "the exception was lost on the way");
  EXPECT_STORY(story, count.made, 10'000, "each level runs once");
  EXPECT_STORY(story, count.alive, 0, "a local of a level that the exception has passed is left");
}

TEST(Step5_Volume, AllocatesNothingOnceItIsWarm) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer has its own allocator";
  std::size_t made = 1;
  const auto outer = [&]() -> Root {
    co_await returns(1);
    const tests::AllocationCount count;
    for (int i = 0; i < 1'000; ++i) co_await returns(i);
    made = count.made();
  };
  const Root root = outer();
  Story story;
  story.step("1,000 awaits in a loop");
  EXPECT_STORY(story, made, 0U, "frames come from the pool, and go back to it");
}

// ── under a task: what lesson 07 builds on ─────────────────────────────────────────────────────

/// A task's view of itself, noted in each coroutine on the way in.
Coro<int> look(std::vector<aio::TaskRef>& seen, int levels) {
  seen.push_back(aio::current_task());
  if (levels > 0) co_return co_await look(seen, levels - 1) + 1;
  co_return 1;
}

TEST(Seeded_Await, ACoroutineIsPartOfTheTaskThatAwaitsIt) {  // TASK-03
  std::vector<aio::TaskRef> seen;
  const auto program = [&]() -> Coro<int> {
    const int levels = co_await look(seen, 4);
    EXPECT_EQ(aio::all_tasks().size(), 1U) << "awaiting a coroutine makes no task";
    co_return levels;
  };
  EXPECT_EQ(tests::run_virtual(program()), 5);
  for (const aio::TaskRef& task : seen) EXPECT_EQ(task, seen.front());
}

TEST(Seeded_Await, TakesNoIterationUnlessItSuspends) {  // TASK-03
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  bool soon = false, before = true, after = false;
  const auto program = [&]() -> Coro<> {
    loop.call_soon([&] { soon = true; });
    for (int i = 0; i < 100; ++i) co_await returns(i);
    before = soon;
    co_await aio::sleep(1s);
    after = soon;
  };
  loop.run_until_complete(program());
  EXPECT_STORY(story, before, false, "100 awaits of coroutines that end at once took an iteration");
  EXPECT_STORY(story, after, true, "a sleep lets the others run");
}

Coro<> sleeps(Probe, int levels) {
  if (levels == 0) co_await aio::sleep(1h);
}
Coro<> sleeps_inside(Count& count, int levels) {
  const Probe local(count);
  if (levels == 0) co_await sleeps(Probe(count), 0);
  if (levels > 0) co_await sleeps_inside(count, levels - 1);
}

TEST(Seeded_Await, ACancelledTaskDestroysItsFramesOnce) {
  Count count;
  const auto program = [&]() -> Coro<> {
    const auto task = aio::create_task(sleeps_inside(count, 1'000));
    co_await aio::sleep(1s);
    EXPECT_GT(count.alive, 1'000);
    task.cancel();
    try {
      co_await task;
    } catch (const CancelledError&) {
    }
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(count.alive, 0);
  };
  tests::run_virtual(program());
  EXPECT_EQ(count.alive, 0);
}

TEST(Seeded_Await, AClosedLoopDestroysTheFramesOfWhatIsPendingOnce) {
  Count count;
  {
    tests::VirtualLoop virtual_loop;
    const auto task = aio::create_task_on(virtual_loop.loop, sleeps_inside(count, 10));
    virtual_loop.loop.run_once();
    EXPECT_GE(count.alive, 11);
    virtual_loop.loop.close();
    EXPECT_EQ(count.alive, 0);
  }
  EXPECT_EQ(count.alive, 0);
}

TEST(Seeded_Await, ATaskThatNeverStartedDestroysItsFrameOnce) {
  Count count;
  {
    tests::VirtualLoop virtual_loop;
    const auto task = aio::create_task_on(virtual_loop.loop, holds(Probe(count)));
    EXPECT_EQ(count.alive, 1);
  }
  EXPECT_EQ(count.alive, 0);
}

/// Looks, whenever it is moved, whether both places are aligned.
struct alignas(64) Wide {
  Wide() = default;
  Wide(Wide&& other) noexcept { misaligned += is_misaligned(this) + is_misaligned(&other); }
  static bool is_misaligned(const void* place) {
    return reinterpret_cast<std::uintptr_t>(place) % alignof(Wide) != 0;
  }
  static inline int misaligned = 0;
  float lanes[16] = {};
};

TEST(Coro_Results, MayNeedMuchAlignment) {
  struct Body {
    static Coro<Wide> child() { co_return Wide(); }
    static Coro<> main() {
      for (int i = 0; i < 10; ++i) {
        const auto task = aio::create_task(child());
        co_await aio::sleep(0s);
        co_await aio::sleep(0s);
        EXPECT_FALSE(Wide::is_misaligned(&task.result()));
      }
    }
  };
  Wide::misaligned = 0;
  aio::run(Body::main());
  EXPECT_EQ(Wide::misaligned, 0);
}

}  // namespace
