// Lesson 02: the Poller on real descriptors. Pipes, sockets, events and alarms of the kernel; no
// test measures how long something takes, except that it is not over early.

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <aio/poller.hpp>
#include <aio/support/syscall.hpp>

#include "support/faults.hpp"
#include "support/story.hpp"
#include "support/watched.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::check_syscall, aio::PollEvent, aio::Interest, aio::Poller, aio::UniqueFd;
using std::chrono::nanoseconds, std::chrono::steady_clock;
using tests::asked_of_kernel, tests::epoll_descriptors, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::poller);

// Descriptors to watch

/// Readable while its count is not zero. Always writable.
struct Counter {
  UniqueFd fd{check_syscall("eventfd", eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))};
  int number() const { return fd.get(); }
  void raise() const { eventfd_write(fd.get(), 1); }
  void clear() const {
    eventfd_t count = 0;
    eventfd_read(fd.get(), &count);
  }
};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    check_syscall("pipe2", pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC));
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }
  void put(const std::string& text) const {
    check_syscall("write", static_cast<int>(write(in.get(), text.data(), text.size())));
  }
  std::string take(std::size_t at_most) const {
    std::string text(at_most, '\0');
    const ssize_t count = read(out.get(), text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
  UniqueFd out, in;
};

struct Sockets {
  Sockets() {
    std::array<int, 2> ends{};
    check_syscall("socketpair",
                  socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()));
    ours = UniqueFd(ends[0]);
    theirs = UniqueFd(ends[1]);
  }
  UniqueFd ours, theirs;
};

/// Two sockets that are connected through the network of this machine.
std::pair<UniqueFd, UniqueFd> tcp_pair() {
  const UniqueFd door(check_syscall("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  check_syscall("listen", listen(door.get(), 1));  // at a port of its own
  sockaddr_in where{};
  socklen_t size = sizeof where;
  auto* const address = reinterpret_cast<sockaddr*>(&where);
  check_syscall("getsockname", getsockname(door.get(), address, &size));
  UniqueFd ours(check_syscall("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  check_syscall("connect", connect(ours.get(), address, size));
  UniqueFd theirs(check_syscall("accept", accept(door.get(), nullptr, nullptr)));
  return {std::move(ours), std::move(theirs)};
}

/// Becomes readable after a while: so that a wait which should have ended does end, with an event
/// that gives it away.
struct Alarm {
  explicit Alarm(nanoseconds after) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(after);
    itimerspec when{};
    when.it_value = {seconds.count(), (after - seconds).count()};
    check_syscall("timerfd_settime", timerfd_settime(fd.get(), 0, &when, nullptr));
  }
  UniqueFd fd{check_syscall("timerfd_create", timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC))};
};

/// "EBADF"; "none" for 0.
std::string failure_named(int code) { return code == 0 ? "none" : strerrorname_np(code); }

/// "EBADF" when `call` throws a std::system_error with that code.
std::string failure_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::system_error& error) {
    return strerrorname_np(error.code().value());
  }
  return "no exception";
}

// A Poller that tells what is done to it

std::string flags_of(const PollEvent& event) {
  std::string flags;
  if (event.readable) flags += " readable";
  if (event.writable) flags += " writable";
  if (event.hangup) flags += " hangup";
  if (event.error) flags += " error";
  if (event.ended) flags += " ended";
  if (event.urgent) flags += " urgent";
  return flags;
}

/// "A readable, B writable hangup"; an event without a flag is "an empty event".
std::string text_of(std::span<const PollEvent> events) {
  std::string text;
  for (const PollEvent& event : events) {
    const std::string flags = flags_of(event);
    const auto* name = static_cast<const std::string*>(event.data);
    text += text.empty() ? "" : ", ";
    text += flags.empty() ? "an empty event" : (name == nullptr ? "?" : *name) + flags;
  }
  return text.empty() ? "nothing" : text;
}

std::string text_of(std::optional<nanoseconds> timeout) {
  return timeout ? tests::to_text(*timeout) : "no timeout";
}

struct Told {
  Poller poller;
  tests::Story story;
  std::deque<std::string> names;

  void watch(int fd, Interest interest, const std::string& name) {
    story.step("watch(" + name + ", descriptor " + std::to_string(fd) + ")");
    poller.watch(fd, interest, &names.emplace_back(name));
  }
  void forget(int fd) {
    story.step("forget(descriptor " + std::to_string(fd) + ")");
    poller.forget(fd);
  }
  std::span<const PollEvent> batch(std::optional<nanoseconds> timeout) {
    story.step("wait(" + text_of(timeout) + ")");
    const auto events = poller.wait(timeout);
    story.step("the batch: " + text_of(events));
    return events;
  }
  std::string wait(std::optional<nanoseconds> timeout) { return text_of(batch(timeout)); }
};

// 2.1 open and close

TEST(Step1_OpenAndClose, OpensOneEpollDescriptor) {
  const auto before = tests::open_descriptors();
  const Poller poller;
  tests::Story story;
  story.step("open a Poller");
  EXPECT_STORY(story, epoll_descriptors().size(), 1U, "the constructor asks epoll_create1 for one");
  EXPECT_STORY(story, tests::open_descriptors(), before + 1, "it opens more than that");
}

TEST(Step1_OpenAndClose, ClosesItAtTheEnd) {
  const auto before = tests::open_descriptors();
  tests::Story story;
  for (int i = 0; i < 3; ++i) {
    story.step("open a Poller, and leave its scope");
    const Poller poller;
  }
  EXPECT_STORY(story, tests::open_descriptors(), before,
               "the destructor does not close the epoll descriptor",
               Seen{before + 3, "destructor-closes-nothing"});
}

TEST(Step1_OpenAndClose, ProgramsThatYouStartDoNotInheritIt) {
  const Poller poller;
  const auto opened = epoll_descriptors();
  tests::Story story;
  ASSERT_STORY(story, opened.size(), 1U, "the constructor asks epoll_create1 for one");
  story.step("open a Poller: epoll descriptor " + std::to_string(opened[0]));
  const bool closed_on_exec = (fcntl(opened[0], F_GETFD) & FD_CLOEXEC) != 0;
  EXPECT_STORY(story, closed_on_exec, true,
               "without EPOLL_CLOEXEC every program that this one starts holds a copy",
               Seen{false, "inherited-by-programs"});
}

TEST(Step1_OpenAndClose, SaysSoWhenNoDescriptorIsLeft) {
  tests::Story story;
  // A sanitizer opens a pipe when it meets a type for the first time: let it meet this one now.
  EXPECT_EQ(failure_of([] { check_syscall("fcntl", fcntl(-1, F_GETFD)); }), "EBADF");
  story.step("use up all descriptors, then open a Poller");
  const auto failure = [] {
    const tests::DescriptorLimit none(0);
    return failure_of([] { const Poller poller; });
  }();
  EXPECT_STORY(story, failure, "EMFILE", "the result of epoll_create1 is not checked",
               Seen{"no exception", "unchecked-create"});
}

TEST(Step1_OpenAndClose, AMovedPollerIsClosedOnce) {
  const auto before = tests::open_descriptors();
  std::optional<Counter> other;
  {
    std::optional<Poller> first(std::in_place);
    std::optional<Poller> second(std::move(*first));
    EXPECT_EQ(tests::open_descriptors(), before + 1);
    second.reset();
    other.emplace();  // takes the number that has become free
    first.reset();    // and must not lose it again
  }
  EXPECT_EQ(tests::open_descriptors(), before + 1) << "a moved-from Poller closes a stranger";
}

TEST(Step1_OpenAndClose, AMovedPollerIsClosedAfterAssignment) {
  const auto before = tests::open_descriptors();
  {
    Poller first;
    Poller second;
    first = std::move(second);
    EXPECT_GE(tests::open_descriptors(), before + 1);
  }
  EXPECT_EQ(tests::open_descriptors(), before);
}

TEST(Step1_OpenAndClose, APollerThatWasMovedAwayClosesNothing) {
  tests::Story story;
  story.step("move a Poller away, then leave the scope of what is left of it");
  std::optional<Poller> first(std::in_place);
  const Poller second(std::move(*first));
  errno = 0;
  first.reset();
  EXPECT_STORY(story, failure_named(errno), "none",
               "the destructor closes -1, which is no descriptor: ask first whether there is one",
               Seen{"EBADF", "closes-what-was-moved-away"});
}

// 2.2 watch

TEST(Step2_Watch, AsksTheKernelForWhatYouAreInterestedIn) {
  const Sockets sockets;
  const int fd = sockets.ours.get();
  const std::vector<std::pair<Interest, std::string>> all = {
      {Interest::read, "read"},
      {Interest::write, "write"},
      {Interest::read | Interest::write, "read write"},
      {Interest::read | Interest::edge, "read edge"},
      {Interest::none, "none"},
  };
  for (const auto& [interest, expected] : all) {
    Told told;
    told.watch(fd, interest, "A");
    EXPECT_STORY(told.story, asked_of_kernel(fd), expected,
                 "the interest does not reach epoll_ctl");
  }
}

TEST(Step2_Watch, WatchingAgainChangesTheInterest) {
  const Sockets sockets;
  const int fd = sockets.ours.get();
  Told told;
  told.watch(fd, Interest::read, "A");
  const auto failure = failure_of([&] { told.watch(fd, Interest::write, "A"); });
  EXPECT_STORY(told.story, failure, "no exception",
               "EPOLL_CTL_ADD refuses a descriptor that is watched already; use EPOLL_CTL_MOD",
               Seen{"EEXIST", "adds-what-is-there"});
  EXPECT_STORY(told.story, asked_of_kernel(fd), "write",
               "the second call does not change what the kernel watches");
}

TEST(Step2_Watch, WatchesManySideBySide) {
  Told told;
  const std::array<Counter, 20> counters;
  for (const Counter& counter : counters) told.watch(counter.number(), Interest::read, "A");
  for (const Counter& counter : counters) {
    EXPECT_STORY(told.story, asked_of_kernel(counter.number()), "read",
                 "watching one descriptor changes what is known of another");
  }
  EXPECT_STORY(told.story, told.poller.watched(), counters.size(),
               "watched() counts each descriptor once, when it becomes watched");
}

TEST(Step2_Watch, CountsADescriptorOnce) {
  const Counter a, b;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  told.watch(b.number(), Interest::read, "B");
  told.watch(a.number(), Interest::write, "A");
  EXPECT_STORY(told.story, told.poller.watched(), 2U,
               "watching again counts as one more, or nothing counts", Seen{3U, "counts-twice"});
}

TEST(Step2_Watch, ARefusedDescriptorLeavesNoTrace) {
  Told told;
  std::optional<Counter> counter(std::in_place);
  const int fd = counter->number();
  told.story.step("close descriptor " + std::to_string(fd));
  counter.reset();
  const auto failure = failure_of([&] { told.watch(fd, Interest::read, "A"); });
  EXPECT_STORY(told.story, failure, "EBADF", "the result of epoll_ctl is not checked",
               Seen{"no exception", "unchecked-watch"});
  told.story.step("the kernel refuses it; then the number is opened anew");
  counter.emplace();
  ASSERT_EQ(counter->number(), fd);
  told.watch(fd, Interest::read, "B");
  EXPECT_STORY(told.story, told.poller.watched(), 1U,
               "the table was written before the kernel agreed, so it takes the new descriptor for "
               "one that is watched already",
               Seen{0U, "writes-the-table-first"});
}

TEST(Step2_Watch, RefusesWhatIsNotOpen) {
  Told told;
  int closed = -1;
  {
    const Counter counter;
    closed = counter.number();
  }
  for (const int fd : {closed, 1'000'000, -1}) {
    const auto failure = failure_of([&] { told.watch(fd, Interest::read, "A"); });
    EXPECT_STORY(told.story, failure, "EBADF", "the result of epoll_ctl is not checked",
                 Seen{"no exception", "unchecked-watch"});
  }
}

TEST(Step2_Watch, RefusesARegularFile) {
  const UniqueFd file(check_syscall("open", open("/proc/self/exe", O_RDONLY | O_CLOEXEC)));
  Told told;
  const auto failure = failure_of([&] { told.watch(file.get(), Interest::read, "file"); });
  EXPECT_STORY(told.story, failure, "EPERM", "the result of epoll_ctl is not checked",
               Seen{"no exception", "unchecked-watch"});
}

TEST(Step2_Watch, ARefusedDescriptorDoesNotCount) {
  Told told;
  const auto failure = failure_of([&] { told.watch(-1, Interest::read, "A"); });
  EXPECT_STORY(told.story, failure, "EBADF", "the result of epoll_ctl is not checked",
               Seen{"no exception", "unchecked-watch"});
  EXPECT_STORY(told.story, told.poller.watched(), 0U,
               "the descriptor is counted before the kernel has agreed to watch it",
               Seen{1U, "counts-before-the-kernel-agrees"});
}

TEST(Step2_Watch, ANumberThatWasClosedAndOpenedAgainIsNew) {
  Told told;
  std::optional<Counter> counter(std::in_place);
  const int fd = counter->number();
  told.watch(fd, Interest::read, "A");
  told.story.step("close it without forget(), and open another: it gets the same number");
  counter.reset();
  counter.emplace();
  ASSERT_EQ(counter->number(), fd);
  const auto failure = failure_of([&] { told.watch(fd, Interest::read, "B"); });
  EXPECT_STORY(told.story, failure, "no exception",
               "closing removed it from epoll, but not from your table, so EPOLL_CTL_MOD finds "
               "nothing",
               Seen{"ENOENT", "trusts-its-own-table"});
  EXPECT_STORY(told.story, asked_of_kernel(fd), "read", "the new descriptor has not been added");
  EXPECT_STORY(told.story, told.poller.watched(), 1U, "one number is watched, old or new");
}

// 2.3 wait

TEST(Step3_Wait, ReportsWhatIsReadable) {
  const Counter a, b;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  told.watch(b.number(), Interest::read, "B");
  told.story.step("B becomes readable");
  b.raise();
  EXPECT_STORY(told.story, told.wait(1s), "B readable",
               "wait() does not return what the kernel wrote, translated");
}

TEST(Step3_Wait, ReportsReadableAndWritableInOneEvent) {
  const Counter a;
  Told told;
  told.watch(a.number(), Interest::read | Interest::write, "A");
  a.raise();
  EXPECT_STORY(told.story, told.wait(1s), "A readable writable",
               "a descriptor has one event, which holds everything that is true of it");
}

TEST(Step3_Wait, ReportsOnlyWhatWasAskedFor) {
  const Counter a;
  Told told;
  told.watch(a.number(), Interest::write, "A");
  a.raise();
  EXPECT_STORY(told.story, told.wait(1s), "A writable",
               "a flag is set although the kernel did not report it");
}

TEST(Step3_Wait, ReportsAsLongAsItIsTrue) {
  const Counter a, b;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  a.raise();
  for (int i = 0; i < 3; ++i) {
    EXPECT_STORY(told.story, told.wait(1s), "A readable",
                 "level-triggered means: reported by every wait until you have read it");
  }
  told.story.step("read it");
  a.clear();
  EXPECT_STORY(told.story, told.wait(0s), "nothing", "the events of the last wait are still there",
               Seen{"A readable, A readable, A readable", "keeps-the-batch-before"});
  told.watch(b.number(), Interest::write, "B");
  for (int i = 0; i < 3; ++i) {
    EXPECT_STORY(told.story, told.wait(1s), "B writable", "writable is a state too, not an event");
  }
}

TEST(Step3_Wait, EachWaitStartsAnEmptyBatch) {
  const Counter a, b;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  told.watch(b.number(), Interest::read, "B");
  a.raise();
  told.wait(1s);
  told.story.step("read A; B becomes readable");
  a.clear();
  b.raise();
  EXPECT_STORY(told.story, told.wait(1s), "B readable",
               "the events of the last wait are still there",
               Seen{"A readable, B readable", "keeps-the-batch-before"});
}

TEST(Step3_Wait, EdgeTriggeredReportsAChangeOnce) {
  const Pipe pipe;
  Told told;
  told.watch(pipe.out.get(), Interest::read | Interest::edge, "A");
  told.story.step("6 bytes arrive");
  pipe.put("abcdef");
  EXPECT_STORY(told.story, told.wait(1s), "A readable", "the first change is not reported");
  told.story.step("4 of them are read");
  pipe.take(4);
  EXPECT_STORY(told.story, told.wait(0s), "nothing", "EPOLLET did not reach the kernel");
  told.story.step("1 more arrives");
  pipe.put("g");
  EXPECT_STORY(told.story, told.wait(1s), "A readable", "a new change is not reported");
}

TEST(Step3_Wait, ReportsTheDataOfTheLastWatch) {
  const Counter a;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  told.watch(a.number(), Interest::read, "B");
  a.raise();
  EXPECT_STORY(told.story, told.wait(1s), "B readable",
               "watching again has to replace the data as well",
               Seen{"A readable", "keeps-the-data-of-the-first-watch"});
}

TEST(Step3_Wait, ReportsTheEndOfAStreamAsReadable) {
  const Sockets sockets;
  Told told;
  told.watch(sockets.ours.get(), Interest::read, "A");
  told.story.step("the other side will send no more (SHUT_WR)");
  shutdown(sockets.theirs.get(), SHUT_WR);
  EXPECT_STORY(told.story, told.wait(1s), "A readable",
               "a read that returns 0 does not block, so the end of the stream is readable");
}

TEST(Step3_Wait, WithEdgeItAlsoSaysThatNothingMoreWillCome) {
  const Sockets sockets;
  Told told;
  told.watch(sockets.ours.get(), Interest::read | Interest::edge, "A");
  told.story.step("the other side sends 6 bytes");
  send(sockets.theirs.get(), "abcdef", 6, MSG_NOSIGNAL);
  EXPECT_STORY(told.story, told.wait(1s), "A readable", "6 bytes are not the end of the stream",
               Seen{"A readable ended", "ended-is-readable"});
  told.story.step("the other side will send no more (SHUT_WR)");
  shutdown(sockets.theirs.get(), SHUT_WR);
  EXPECT_STORY(told.story, told.wait(1s), "A readable ended",
               "EPOLLRDHUP says that after what is there to read, nothing comes any more",
               Seen{"A readable", "forgets-the-end"});
}

TEST(Step3_Wait, WithEdgeItAlsoTellsOfAnUrgentByte) {
  const auto [ours, theirs] = tcp_pair();
  Told told;
  told.watch(ours.get(), Interest::read | Interest::edge, "A");
  told.story.step("the other side sends \"ab\" and then \"!\", urgently (MSG_OOB)");
  send(theirs.get(), "ab", 2, MSG_NOSIGNAL);
  send(theirs.get(), "!", 1, MSG_NOSIGNAL | MSG_OOB);
  EXPECT_STORY(told.story, told.wait(1s), "A readable urgent",
               "EPOLLPRI says that a read will stop short, although there may be more",
               Seen{"A readable", "forgets-what-is-urgent"});
}

TEST(Step3_Wait, ReportsAHangupWithoutBeingAsked) {
  Pipe pipe;
  Told told;
  told.watch(pipe.out.get(), Interest::none, "A");
  told.story.step("the writing end of the pipe is closed");
  pipe.in.reset();
  EXPECT_STORY(told.story, told.wait(1s), "A hangup",
               "EPOLLHUP comes unasked; an event without a flag makes its owner wait for ever",
               Seen{"an empty event", "forgets-hangup-and-error"});
}

TEST(Step3_Wait, ReportsAnErrorWithoutBeingAsked) {
  Pipe pipe;
  Told told;
  told.watch(pipe.in.get(), Interest::none, "A");
  told.story.step("the reading end of the pipe is closed");
  pipe.out.reset();
  EXPECT_STORY(told.story, told.wait(1s), "A error",
               "EPOLLERR comes unasked; an event without a flag makes its owner wait for ever",
               Seen{"an empty event", "forgets-hangup-and-error"});
}

TEST(Step3_Wait, DataAndHangupComeTogether) {
  Pipe pipe;
  Told told;
  told.watch(pipe.out.get(), Interest::read, "A");
  told.story.step("6 bytes arrive, and the writing end is closed");
  pipe.put("abcdef");
  pipe.in.reset();
  EXPECT_STORY(told.story, told.wait(1s), "A readable hangup",
               "a hangup does not mean that there is nothing left to read",
               Seen{"A readable", "forgets-hangup-and-error"});
}

TEST(Step3_Wait, WithoutATimeoutWaitsUntilSomethingHappens) {
  const Alarm alarm(20ms);
  Told told;
  told.watch(alarm.fd.get(), Interest::read, "alarm");
  EXPECT_STORY(told.story, told.wait(std::nullopt), "alarm readable",
               "no timeout means for ever: a null pointer for epoll_pwait2",
               Seen{"nothing", "no-timeout-is-zero"});
}

TEST(Step3_Wait, ZeroOrLessOnlyLooks) {
  const Alarm alarm(2s);
  Told told;
  told.watch(alarm.fd.get(), Interest::read, "alarm");
  for (const nanoseconds timeout : {0ns, -1ns, nanoseconds(-1h)}) {
    EXPECT_STORY(told.story, told.wait(timeout), "nothing",
                 "a deadline that has passed must not become a wait without end",
                 Seen{"alarm readable", "negative-waits-for-ever"});
  }
}

TEST(Step3_Wait, TheLeastTimeoutThereIsOnlyLooks) {
  const Alarm alarm(2s);
  Told told;
  told.watch(alarm.fd.get(), Interest::read, "alarm");
  EXPECT_STORY(told.story, told.wait(nanoseconds::min()), "nothing",
               "something was subtracted from a timeout that has no room below it, and became a "
               "very long one; zero or less needs no subtraction");
}

TEST(Step3_Wait, NeverEndsBeforeItsTimeout) {
  Told told;
  for (const nanoseconds timeout : {1ns, 1000ns, 300'000ns, 1'900'000ns, 20'000'001ns}) {
    const auto started = steady_clock::now();
    EXPECT_STORY(told.story, told.wait(timeout), "nothing", "an event comes from nowhere");
    const bool early = steady_clock::now() - started < timeout;
    EXPECT_STORY(told.story, early, false,
                 "the timeout is rounded down, so the loop comes back too soon and spins",
                 Seen{true, "timeout-rounded-down"});
  }
}

TEST(Step3_Wait, TakesTheLongestTimeoutThereIs) {
  const Counter a;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  a.raise();
  EXPECT_STORY(told.story, told.wait(nanoseconds::max()), "A readable",
               "292 years do not fit the type that they are converted to");
}

TEST(Step3_Wait, ASignalDoesNotEndIt) {
  const Alarm alarm(2s);
  Told told;
  told.watch(alarm.fd.get(), Interest::read, "alarm of 2 s");
  const tests::SignalStorm storm;
  told.story.step("signals arrive all the time");
  const auto started = steady_clock::now();
  std::string reported;
  const auto failure = failure_of([&] { reported = told.wait(50ms); });
  const bool early = steady_clock::now() - started < 50ms;
  EXPECT_STORY(told.story, failure, "no exception",
               "EINTR is not a failure: the signal was handled, and the call has to be made again",
               Seen{"EINTR", "a-signal-is-an-error"});
  if (failure != "no exception") return;
  EXPECT_STORY(told.story, early, false,
               "EINTR does not mean that the time is over: wait for the rest of it",
               tests::LooksLike{true, "a-signal-is-a-timeout"});
  EXPECT_STORY(told.story, reported, "nothing",
               "after each signal the whole timeout starts again, so it is never over",
               Seen{"alarm of 2 s readable", "timeout-starts-again-after-a-signal"});
  EXPECT_GT(tests::SignalStorm::signals(), 0);
}

TEST(Step3_Wait, ASignalDoesNotEndAWaitWithoutTimeout) {
  const Alarm alarm(30ms);
  Told told;
  told.watch(alarm.fd.get(), Interest::read, "alarm");
  const tests::SignalStorm storm;
  told.story.step("signals arrive all the time");
  std::string reported;
  const auto failure = failure_of([&] { reported = told.wait(std::nullopt); });
  EXPECT_STORY(told.story, failure, "no exception",
               "EINTR is not a failure: the signal was handled, and the call has to be made again",
               Seen{"EINTR", "a-signal-is-an-error"});
  if (failure != "no exception") return;
  EXPECT_STORY(told.story, reported, "alarm readable", "a signal ended the wait",
               tests::LooksLike{"nothing", "a-signal-is-a-timeout"});
}

TEST(Step3_Wait, SignalsDoNotProlongIt) {
  const Alarm alarm(2s);
  Told told;
  told.watch(alarm.fd.get(), Interest::read, "alarm of 2 s");
  const tests::SignalStorm storm;
  told.story.step("signals arrive all the time");
  std::string reported;
  const auto failure = failure_of([&] { reported = told.wait(100ms); });
  EXPECT_STORY(told.story, failure, "no exception",
               "EINTR is not a failure: the signal was handled, and the call has to be made again",
               Seen{"EINTR", "a-signal-is-an-error"});
  if (failure != "no exception") return;
  EXPECT_STORY(told.story, reported, "nothing",
               "after each signal the whole timeout starts again, so it is never over",
               Seen{"alarm of 2 s readable", "timeout-starts-again-after-a-signal"});
}

TEST(Step3_Wait, MoreThanABatchAreAllReportedInTheEnd) {
  std::deque<Counter> counters(300);
  Told told;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    told.names.push_back(std::to_string(i));
    told.poller.watch(counters[i].number(), Interest::read, &told.names.back());
    counters[i].raise();
  }
  told.story.step("300 descriptors are readable, and nobody reads");
  std::set<const void*> seen;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    for (const PollEvent& event : told.poller.wait(0s)) seen.insert(event.data);
  }
  EXPECT_STORY(told.story, seen.size(), counters.size(), "some descriptors never get their turn");
}

// 2.4 forget

TEST(Step4_Forget, AForgottenDescriptorIsNotReported) {
  const Counter a, b;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  told.watch(b.number(), Interest::read, "B");
  a.raise();
  b.raise();
  told.forget(a.number());
  EXPECT_STORY(told.story, asked_of_kernel(a.number()), "not watched",
               "the kernel has not been told (EPOLL_CTL_DEL)",
               Seen{"read", "forgets-without-telling-the-kernel"});
  EXPECT_STORY(told.story, told.wait(1s), "B readable",
               "the kernel has not been told (EPOLL_CTL_DEL), so it goes on waking you",
               Seen{"an empty event, B readable", "forgets-without-telling-the-kernel"});
  EXPECT_STORY(told.story, told.poller.watched(), 1U, "forget() does not count down");
}

// The batch is already there when its first handler forgets the second descriptor. IO-05
TEST(Step4_Forget, SilencesAnEventThatTheBatchAlreadyHolds) {
  const std::array<Counter, 3> counters;
  Told told;
  for (const Counter& counter : counters) {
    told.watch(counter.number(), Interest::read, std::string(1, "ABC"[told.names.size()]));
    counter.raise();
  }
  const auto events = told.batch(1s);
  told.story.step("the handler of A forgets B");
  told.forget(counters[1].number());
  EXPECT_STORY(told.story, text_of(events), "A readable, an empty event, C readable",
               "the batch still holds the event: whoever handles it finds a dead connection",
               Seen{"A readable, B readable, C readable", "forgets-but-not-in-the-batch"});
}

// IO-06
TEST(Step4_Forget, ANewDescriptorWithTheSameNumberGetsNoOldEvent) {
  const Counter a;
  std::optional<Counter> b(std::in_place);
  Told told;
  told.watch(a.number(), Interest::read, "A");
  told.watch(b->number(), Interest::read, "B");
  a.raise();
  b->raise();
  const auto events = told.batch(1s);
  const int fd = b->number();
  told.story.step("the handler of A forgets B, closes it and opens C: it gets the same number");
  told.forget(fd);
  b.reset();
  const Counter c;
  ASSERT_EQ(c.number(), fd);
  told.watch(fd, Interest::read, "C");
  EXPECT_STORY(told.story, text_of(events), "A readable, an empty event",
               "C gets the event that was meant for B",
               Seen{"A readable, B readable", "forgets-but-not-in-the-batch"});
  a.clear();
  EXPECT_STORY(told.story, told.wait(0s), "nothing", "C is reported although it is not ready");
  told.story.step("C becomes readable");
  c.raise();
  EXPECT_STORY(told.story, told.wait(1s), "C readable", "C is not watched");
}

/// Whether the kernel hands back something different for each watch of this number.
bool watches_differ(int fd) {
  const auto all = tests::registrations(fd);
  return all.size() == 2 && all[0].data != all[1].data;
}

// A copy of a descriptor keeps it alive in epoll after close(): the kernel goes on reporting it,
// under a number that means something else by now. Only the generation tells them apart.
TEST(Step4_Forget, AnEventOfAnEarlierWatchIsNotTakenForANewOne) {
  std::optional<Pipe> old(std::in_place);
  Told told;
  const int fd = old->out.get();
  told.watch(fd, Interest::read, "old");
  told.story.step("copy it with dup(), and close it before it is forgotten");
  const UniqueFd copy(check_syscall("dup", dup(fd)));
  old->out.reset();
  told.forget(fd);
  const Counter other;
  ASSERT_EQ(other.number(), fd);
  told.watch(fd, Interest::read, "new");
  const bool told_apart = watches_differ(fd);
  told.story.step("the old pipe becomes readable");
  old->put("x");
  // An event for nobody may be shown as an empty one, or not at all.
  const bool taken_for_new = told.wait(20ms) == "new readable";
  EXPECT_STORY(told.story, taken_for_new, false,
               told_apart ? "both watches have a generation of their own in the kernel, but "
                            "translate() does not compare the event's with the table's"
                          : "both watches look the same to the kernel: forget() has to begin a new "
                            "generation, and watch() has to hand it over",
               Seen{true, told_apart ? "compares-no-generations" : "generations-stand-still"});
}

TEST(Step4_Forget, EventsOfAnEarlierWatchEndWithTheFirst) {
  std::optional<Pipe> old(std::in_place);
  Told told;
  const int fd = old->out.get();
  told.watch(fd, Interest::read, "old");
  const Counter other;
  told.watch(other.number(), Interest::read, "B");
  told.story.step("copy the first with dup(), close it, forget it; then it becomes readable");
  const UniqueFd copy(check_syscall("dup", dup(fd)));
  old->out.reset();
  told.forget(fd);
  old->put("x");
  told.wait(20ms);
  EXPECT_STORY(
      told.story, told.wait(0s), "nothing",
      "the kernel goes on reporting what is closed, so a loop never sleeps; of_ghost() ends "
      "that, and translate() has to call it",
      tests::LooksLike{"an empty event", "leaves-ghosts-alone"});
  told.story.step("B becomes readable");
  other.raise();
  EXPECT_STORY(
      told.story, told.wait(20ms), "B readable",
      "of_ghost() watches the others anew, by what the table says: watch() has to note the "
      "interest there as well",
      Seen{"nothing", "notes-no-interest"});
}

TEST(Step4_Forget, ToForgetTwiceOrTooLateIsNoError) {
  Told told;
  std::optional<Counter> a(std::in_place);
  const int fd = a->number();
  const auto failure = failure_of([&] {
    told.forget(-1);
    told.forget(fd);
    told.forget(1'000'000);
    told.watch(fd, Interest::read, "A");
    told.story.step("close it");
    a.reset();
    told.forget(fd);
    told.forget(fd);
  });
  EXPECT_STORY(told.story, failure, "no exception",
               "whoever cleans up may not know what has been cleaned up already",
               Seen{"EBADF", "forgetting-too-late-throws"});
  EXPECT_STORY(told.story, told.poller.watched(), 0U, "a descriptor is counted down twice");
}

TEST(Step4_Forget, AForgottenDescriptorCanBeWatchedAgain) {
  const Counter a;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  told.forget(a.number());
  told.watch(a.number(), Interest::read, "again");
  EXPECT_STORY(told.story, told.poller.watched(), 1U, "forget() leaves it active in the table");
  a.raise();
  EXPECT_STORY(told.story, told.wait(1s), "again readable", "the second watch has no effect");
}

TEST(Step4_Forget, AfterForgetAndWatchInABatchTheNextWaitReports) {
  const Counter a;
  Told told;
  told.watch(a.number(), Interest::read, "A");
  a.raise();
  const auto events = told.batch(1s);
  told.forget(a.number());
  told.watch(a.number(), Interest::read, "again");
  EXPECT_STORY(told.story, text_of(events), "an empty event", "the batch belongs to the old watch",
               Seen{"A readable", "forgets-but-not-in-the-batch"});
  EXPECT_STORY(told.story, told.wait(1s), "again readable",
               "level-triggered: nothing is lost by dropping the old event");
}

}  // namespace
