// Lesson 17: loops in several threads, and sockets that the next process takes over. Real threads
// and sockets; what has to happen in an order is ordered by what is posted, not by time.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/connect.hpp>
#include <aio/cores.hpp>
#include <aio/event.hpp>
#include <aio/hand_over.hpp>
#include <aio/server.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/iterations.hpp"
#include "support/temporary.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Core, aio::CoresOptions, aio::Coro, aio::create_task, aio::Event;
using aio::listen_shared, aio::run_on_all_cores, aio::Server, aio::Stream, aio::UniqueFd;

const auto compiled = tests::compiled_from(aio::layers::cores);

Coro<> for_ever() { co_await aio::Future<>(); }

// ── loops ──

TEST(Cores, EachHasALoopAndAThread) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::set<std::size_t> indices;
  std::set<const aio::EventLoop*> loops;
  std::atomic<int> there = 0;
  run_on_all_cores(
      [&](Core core) -> Coro<> {
        {
          const std::lock_guard lock(mutex);
          threads.insert(std::this_thread::get_id());
          indices.insert(core.index());
          loops.insert(&aio::running_loop());
        }
        EXPECT_EQ(core.count(), 4U);
        if (++there < 4) co_await for_ever();  // the last one ends, and all with it
      },
      CoresOptions(4));
  EXPECT_EQ(threads.size(), 4U);
  EXPECT_EQ(loops.size(), 4U);
  EXPECT_EQ(indices, (std::set<std::size_t>{0, 1, 2, 3}));
  EXPECT_TRUE(threads.contains(std::this_thread::get_id()));
}

TEST(Cores, AreAsManyAsThereAreCpus) {
  std::atomic<std::size_t> loops = 0;
  run_on_all_cores([&](Core core) -> Coro<> {
    loops = core.count();
    co_return;
  });
  EXPECT_EQ(loops, aio::allowed_cpus().size());
}

TEST(Cores, StayOnTheirCpuIfTheyAreToBePinned) {
  const std::vector<int> allowed = aio::allowed_cpus();
  std::mutex mutex;
  std::set<int> used;
  std::atomic<std::size_t> there = 0;
  CoresOptions options;
  options.pinned = true;
  run_on_all_cores(
      [&](Core core) -> Coro<> {
        const std::vector<int> mine = aio::allowed_cpus();
        EXPECT_EQ(mine.size(), 1U);
        {
          const std::lock_guard lock(mutex);
          used.insert(mine.front());
        }
        if (++there < core.count()) co_await for_ever();
      },
      options);
  EXPECT_EQ(used.size(), allowed.size());
  EXPECT_EQ(aio::allowed_cpus(), allowed);  // the caller's thread is as it was
}

// ── what they tell each other ──

TEST(CoresPost, RunsOnTheOtherLoop) {
  std::atomic<int> wrong = 0;
  run_on_all_cores(
      [&](Core core) -> Coro<> {
        Event back;
        const auto home = std::this_thread::get_id();
        if (core.index() != 0) co_await for_ever();
        for (std::size_t to = 0; to < core.count(); ++to) {
          core.post(to, [&, to, home] {
            const bool here = std::this_thread::get_id() == home;
            if (here != (to == 0)) ++wrong;
            core.post(0, [&] { back.set(); });
          });
          co_await back.wait();
          back.clear();
        }
      },
      CoresOptions(3));
  EXPECT_EQ(wrong, 0);
}

/// 30,000 letters from all to all: each arrives, once, in the order of its sender.
TEST(CoresPost, LosesNothingAndKeepsTheOrder) {
  static constexpr int letters = 5'000;
  struct Box {
    std::vector<int> next = std::vector<int>(3, 0);  // from each sender
    int arrived = 0;
    bool in_order = true;
  };
  std::vector<Box> boxes(3);
  std::atomic<int> full = 0;
  run_on_all_cores(
      [&](Core core) -> Coro<> {
        for (int i = 0; i < letters; ++i) {
          for (std::size_t to = 0; to < 3; ++to) {
            if (to == core.index()) continue;
            core.post(to, [&box = boxes[to], &full, i, from = core.index()] {
              box.in_order &= box.next[from]++ == i;
              if (++box.arrived == 2 * letters) ++full;
            });
          }
          if (i % 64 == 0) co_await tests::iterations(1);
        }
        while (full < 3) co_await tests::iterations(1);
      },
      CoresOptions(3));
  for (const Box& box : boxes) {
    EXPECT_EQ(box.arrived, 2 * letters);
    EXPECT_TRUE(box.in_order);
  }
}

TEST(CoresPost, TellsWhenTheOtherHasEnded) {
  run_on_all_cores(
      [&](Core core) -> Coro<> {
        if (core.index() == 0) co_return;
        bool told = false;
        while (!told) {
          told = !core.post(0, [] {});
          try {
            co_await tests::iterations(1);
          } catch (const CancelledError&) {  // as all are when the first one ends
          }
        }
        EXPECT_TRUE(told);
      },
      CoresOptions(2));
}

// ── how they end ──

TEST(CoresEnd, WhenOneEndsAllAreAskedToStop) {
  std::atomic<int> cancelled = 0;
  run_on_all_cores(
      [&](Core core) -> Coro<> {
        if (core.index() == 1) co_return;
        try {
          co_await for_ever();
        } catch (const CancelledError&) {
          ++cancelled;
          throw;
        }
      },
      CoresOptions(3));
  EXPECT_EQ(cancelled, 2);
}

TEST(CoresEnd, TheFirstFailureIsThrownWhenAllHaveEnded) {
  std::atomic<int> ended = 0;
  const auto main = [&](Core core) -> Coro<> {
    struct Count {
      std::atomic<int>& all;
      ~Count() { ++all; }
    } const count{ended};
    if (core.index() == 2) throw std::runtime_error("boom");
    co_await for_ever();
  };
  EXPECT_THROW(run_on_all_cores(main, CoresOptions(3)), std::runtime_error);
  EXPECT_EQ(ended, 3);
}

/// The first loop cannot be had: another one runs in this thread.
TEST(CoresEnd, NoneBeginsWhenALoopCannotBeHad) {
  std::atomic<int> begun = 0;
  const auto count = [&begun](Core) -> Coro<> {
    ++begun;
    co_return;
  };
  const auto main = [&count]() -> Coro<> {
    EXPECT_THROW(run_on_all_cores(count, CoresOptions(3)), aio::InvalidStateError);
    co_return;
  };
  aio::run(main());
  EXPECT_EQ(begun, 0);
}

// ── servers that share an address ──

Coro<std::string> ask(std::uint16_t port) {
  Stream stream = co_await aio::open_connection("127.0.0.1", port);
  co_return co_await stream.read_all();
}

TEST(ListenShared, TheKernelDealsConnectionsOut) {
  std::vector<UniqueFd> sockets = listen_shared("127.0.0.1", 0, 3);
  const std::uint16_t port = aio::Address::of_socket(sockets[0].get()).port();
  std::array<std::atomic<int>, 3> served{};
  std::atomic<int> ready = 0;
  run_on_all_cores(
      [&](Core core) -> Coro<> {
        const auto handle = [&, index = core.index()](Stream stream) -> Coro<> {
          ++served[index];
          co_await stream.write_all("hello");
        };
        const Server server = co_await aio::start_server(handle, std::move(sockets[core.index()]));
        ++ready;
        if (core.index() != 0) co_await for_ever();
        while (ready < 3) co_await tests::iterations(1);
        for (int i = 0; i < 300; ++i) EXPECT_EQ(co_await ask(port), "hello");
      },
      CoresOptions(3));
  EXPECT_EQ(served[0] + served[1] + served[2], 300);
  // By chance, one of them gets none of 300 once in 10^53 times.
  for (const auto& each : served) EXPECT_GT(each, 0);
}

TEST(ListenShared, WhoComesBeforeTheServerIsServed) {
  const auto main = []() -> Coro<> {
    std::vector<UniqueFd> sockets = listen_shared("127.0.0.1", 0, 1);
    const auto asked = create_task(ask(aio::Address::of_socket(sockets[0].get()).port()));
    co_await tests::iterations();
    const auto handle = [](Stream stream) -> Coro<> { co_await stream.write_all("hello"); };
    const Server server = co_await aio::start_server(handle, std::move(sockets[0]));
    EXPECT_EQ(co_await asked, "hello");
  };
  aio::run(main());
}

TEST(ListenShared, RefusesWhatIsNoAddress) {
  EXPECT_THROW(listen_shared("localhost", 0, 1), std::invalid_argument);
  EXPECT_THROW(listen_shared("192.0.2.1", 0, 1), std::system_error);
}

TEST(ListenShared, APreferenceIsTheKernels) {
  const std::vector<UniqueFd> sockets = listen_shared("127.0.0.1", 0, 1);
  aio::prefer_cpu(sockets[0].get(), 0);
  int cpu = -1;
  socklen_t size = sizeof cpu;
  ::getsockopt(sockets[0].get(), SOL_SOCKET, SO_INCOMING_CPU, &cpu, &size);
  EXPECT_EQ(cpu, 0);
}

// ── sockets for the next process; here it is the next loop ──

class Path {
 public:
  Path() : path(tests::temporary("hand-over").string()) { ::unlink(path.c_str()); }
  ~Path() { ::unlink(path.c_str()); }
  const std::string path;
};

Coro<std::optional<aio::Inheritance>> take(std::string path) {
  co_return co_await aio::to_thread(aio::take_over, path);
}

TEST(HandOver, WithoutAProcessBeforeThereIsNothing) {
  const Path path;
  EXPECT_FALSE(aio::take_over(path.path));
}

/// Once before it has accepted, once after that.
TEST(HandOver, FromAProcessThatDiesComesNothing) {
  for (const bool accepts : {false, true}) {
    const Path path;
    UniqueFd door = aio::detail::unix_socket(0);
    const aio::Address address = aio::Address::unix_path(path.path);
    aio::check_syscall("bind", ::bind(door.get(), address.raw(), address.length()));
    aio::check_syscall("listen", ::listen(door.get(), 1));
    std::thread giver([&door, accepts] {
      pollfd somebody{door.get(), POLLIN, 0};
      while (::poll(&somebody, 1, -1) != 1) {
      }
      const UniqueFd found(accepts ? ::accept(door.get(), nullptr, nullptr) : -1);
      door.reset();
    });
    EXPECT_FALSE(aio::take_over(path.path));
    giver.join();
  }
}

TEST(HandOver, TheNextOneServesAtTheSameAddress) {
  const auto main = []() -> Coro<> {
    const Path path;
    std::vector<UniqueFd> sockets = listen_shared("127.0.0.1", 0, 2);
    const std::uint16_t port = aio::Address::of_socket(sockets[0].get()).port();
    const std::vector<int> both{sockets[0].get(), sockets[1].get()};
    const auto giving = create_task(aio::hand_over(path.path, both));
    co_await tests::iterations();
    std::optional<aio::Inheritance> taken = co_await take(path.path);
    EXPECT_EQ(taken->sockets.size(), 2U);
    EXPECT_EQ(aio::Address::of_socket(taken->sockets[1].get()).port(), port);
    co_await tests::iterations();
    EXPECT_FALSE(giving.done());
    taken->confirm();
    co_await giving;
    EXPECT_NE(::access(path.path.c_str(), F_OK), 0);  // free for who is next
  };
  aio::run(main());
}

TEST(HandOver, OneThatDiesBeforeItServesChangesNothing) {
  const auto main = []() -> Coro<> {
    const Path path;
    std::vector<UniqueFd> sockets = listen_shared("127.0.0.1", 0, 1);
    const std::vector<int> one{sockets[0].get()};
    const auto giving = create_task(aio::hand_over(path.path, one));
    for (int i = 0; i < 3; ++i) {
      while (::access(path.path.c_str(), F_OK) != 0) co_await tests::iterations(1);
      std::optional<aio::Inheritance> taken = co_await take(path.path);
      EXPECT_TRUE(taken);
      taken.reset();  // it dies
      co_await tests::iterations();
      EXPECT_FALSE(giving.done());
    }
    giving.cancel();
    EXPECT_THROW(co_await giving, CancelledError);
    EXPECT_NE(::access(path.path.c_str(), F_OK), 0);
  };
  aio::run(main());
}

}  // namespace
