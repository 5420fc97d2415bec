// Lesson 17: tasks that wait for descriptors of others. Pipes and sockets; no time passes.

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/readiness.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/cancel_anywhere.hpp"
#include "support/error_of.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::create_task, aio::Interest, aio::InvalidStateError;
using aio::readable, aio::readable_or_writable, aio::running_loop, aio::Task, aio::writable;
using tests::error_of, tests::iterations, tests::run_virtual;

const auto compiled = tests::compiled_from(aio::layers::readiness);

/// Two sockets that are connected, and do not block.
struct Sockets {
  Sockets() {
    int both[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both), 0);
    ours = aio::UniqueFd(both[0]);
    theirs = aio::UniqueFd(both[1]);
  }
  void say(char byte) const { EXPECT_EQ(::write(theirs.get(), &byte, 1), 1); }
  char hear() const {
    char byte = '-';
    return ::read(ours.get(), &byte, 1) == 1 ? byte : '-';
  }
  /// Until it cannot be written to.
  void fill() const {
    const std::string much(65536, 'x');
    while (::write(ours.get(), much.data(), much.size()) > 0) {
    }
  }
  void drain() const {
    char some[65536];
    while (::read(theirs.get(), some, sizeof some) > 0) {
    }
  }
  aio::UniqueFd ours, theirs;
};

Coro<> wait_to_read(int fd) { co_await readable(fd); }
Coro<> wait_to_write(int fd) { co_await writable(fd); }

/// Both directions of it can be waited for: nobody does.
bool is_free(int fd) {
  aio::EventLoop& loop = running_loop();
  return !loop.remove_reader(fd) && !loop.remove_writer(fd);
}

/// "" or what an awaitable refuses.
template <class Awaitable>
Coro<std::string> refusal_of(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const InvalidStateError& error) {
    co_return error.what();
  }
  co_return "";
}

TEST(Readable, SleepsUntilThereIsSomething) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    const Task<> waits = create_task(wait_to_read(sockets.ours.get()));
    co_await iterations();
    EXPECT_FALSE(waits.done());
    sockets.say('a');
    co_await waits;
    EXPECT_EQ(sockets.hear(), 'a');
    EXPECT_TRUE(is_free(sockets.ours.get()));
  };
  run_virtual(main(Sockets()));
}

TEST(Readable, IsLevelTriggered) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    sockets.say('a');
    for (int i = 0; i < 3; ++i) co_await readable(sockets.ours.get());
    EXPECT_EQ(sockets.hear(), 'a');
  };
  run_virtual(main(Sockets()));
}

TEST(Readable, TellsOfTheEnd) {
  const auto main = [](Sockets sockets) -> Coro<> {
    const Task<> waits = create_task(wait_to_read(sockets.ours.get()));
    co_await iterations();
    sockets.theirs.reset();
    co_await waits;
    char byte;
    EXPECT_EQ(::read(sockets.ours.get(), &byte, 1), 0);
  };
  run_virtual(main(Sockets()));
}

TEST(Writable, SleepsUntilThereIsRoom) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    co_await writable(sockets.ours.get());
    sockets.fill();
    const Task<> waits = create_task(wait_to_write(sockets.ours.get()));
    co_await iterations();
    EXPECT_FALSE(waits.done());
    sockets.drain();
    co_await waits;
  };
  run_virtual(main(Sockets()));
}

TEST(ReadableOrWritable, SaysWhich) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    const int fd = sockets.ours.get();
    EXPECT_EQ(co_await readable_or_writable(fd), Interest::write);
    sockets.fill();
    sockets.say('a');
    EXPECT_EQ(co_await readable_or_writable(fd), Interest::read);
    EXPECT_TRUE(is_free(fd));
  };
  run_virtual(main(Sockets()));
}

TEST(Readable, EachDirectionHasATask) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    sockets.fill();
    const Task<> reads = create_task(wait_to_read(sockets.ours.get()));
    const Task<> writes = create_task(wait_to_write(sockets.ours.get()));
    co_await iterations();
    sockets.say('a');
    co_await reads;
    EXPECT_FALSE(writes.done());
    sockets.drain();
    co_await writes;
  };
  run_virtual(main(Sockets()));
}

TEST(Readable_Owner, ASecondTaskIsRefused) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    const int fd = sockets.ours.get();
    const Task<> first = create_task(wait_to_read(fd));
    co_await iterations();
    const std::string wanted = "descriptor " + std::to_string(fd) + " is watched by somebody else";
    EXPECT_EQ(co_await refusal_of(readable(fd)), wanted);
    EXPECT_EQ(co_await refusal_of(readable_or_writable(fd)), wanted);
    sockets.say('a');
    co_await first;  // is not disturbed
  };
  run_virtual(main(Sockets()));
}

TEST(Readable_Owner, ACallbackIsNotReplaced) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    const int fd = sockets.ours.get();
    int calls = 0;
    running_loop().add_reader(fd, [&calls] { ++calls; });
    EXPECT_NE(co_await refusal_of(readable(fd)), "");
    sockets.say('a');
    co_await iterations();
    EXPECT_GT(calls, 0);
    EXPECT_TRUE(running_loop().remove_reader(fd));
  };
  run_virtual(main(Sockets()));
}

TEST(Readable_Owner, WhoIsReplacedIsTold) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    const int fd = sockets.ours.get();
    sockets.fill();
    const auto both = create_task(refusal_of(readable_or_writable(fd)));
    co_await iterations();
    running_loop().add_reader(fd, [] {});
    EXPECT_EQ(co_await both,
              "descriptor " + std::to_string(fd) + " was taken over while a task waited for it");
    EXPECT_TRUE(running_loop().remove_reader(fd));   // the other's
    EXPECT_FALSE(running_loop().remove_writer(fd));  // ours went
  };
  run_virtual(main(Sockets()));
}

TEST(Readable_Owner, AStreamTakesItOver) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    const int fd = sockets.ours.get();
    sockets.fill();
    const auto both = create_task(refusal_of(readable_or_writable(fd)));
    co_await iterations();
    aio::EventSink sink([](aio::EventSink&, aio::EventLoop&, aio::PollEvent) {});
    running_loop().attach(fd, sink);
    EXPECT_NE(co_await both, "");
    EXPECT_THROW(co_await readable(fd), InvalidStateError);
    running_loop().detach(fd);
  };
  run_virtual(main(Sockets()));
}

TEST(Readable_Misuse, WhatIsNoDescriptorOrIsAlwaysReadyIsRefused) {
  const auto main = []() -> Coro<> {
    EXPECT_EQ(co_await error_of(readable(1000)), EBADF);
    const aio::UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(co_await error_of(readable(file.get())), EPERM);
    EXPECT_EQ(co_await error_of(readable_or_writable(file.get())), EPERM);
  };
  run_virtual(main());
}

TEST(Readable_Misuse, ANumberThatWasClosedAndGivenOutAgainIsFree) {
  const auto main = []() -> Coro<> {
    Sockets old;
    const int fd = old.ours.get();
    running_loop().add_reader(fd, [] { ADD_FAILURE() << "called for another"; });
    old.ours.reset();
    const Sockets next;
    EXPECT_EQ(next.ours.get(), fd);
    next.say('a');
    co_await readable(fd);
  };
  run_virtual(main());
}

TEST(Readable_Cancelled, LosesNothing) {
  const auto main = [](const Sockets& sockets) -> Coro<> {
    const int fd = sockets.ours.get();
    EXPECT_THROW(co_await aio::wait_for(readable(fd), 1s), aio::TimeoutError);
    EXPECT_TRUE(is_free(fd));
    const Task<> waits = create_task(wait_to_read(fd));
    co_await iterations();
    sockets.say('a');
    waits.cancel();
    EXPECT_THROW(co_await waits, CancelledError);
    co_await readable(fd);
    EXPECT_EQ(sockets.hear(), 'a');
  };
  run_virtual(main(Sockets()));
}

struct Waiting : tests::CancelScene {
  Coro<> play() override {
    const int fd = sockets.ours.get();
    sockets.fill();
    const aio::TimerHandle comes = running_loop().call_later(1s, [this] { sockets.say('a'); });
    co_await aio::wait_for(readable_or_writable(fd), 5s);
    EXPECT_EQ(sockets.hear(), 'a');
  }
  Coro<> world(Coro<> playing) override {
    co_await std::move(playing);
    EXPECT_TRUE(is_free(sockets.ours.get()));
  }
  Sockets sockets;
};

TEST(Readable_Cancelled, LeavesTheDescriptorFreeWheneverItIs) {
  tests::cancel_anywhere<Waiting>("the loop still watches for a task that has gone");
}

TEST(Readable_End, ALoopThatIsClosedTakesTheWaitAlong) {
  const Sockets sockets;
  {
    aio::EventLoop loop;
    const Task<> waits = loop.create_task(wait_to_read(sockets.ours.get()));
    loop.call_soon([&loop] { loop.stop(); });
    loop.run_forever();
    EXPECT_FALSE(waits.done());
  }
  sockets.say('a');
  EXPECT_EQ(sockets.hear(), 'a');
}

}  // namespace
