// GCC 12 destroys some temporaries of a co_await expression twice, or moves them bit by bit: those
// that are built as aggregates with a member that is not trivial. The runtime's awaitables are made
// so that no program of ours meets this; here are the programs that would.

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/aio.hpp>

#include "support/run_virtual.hpp"

namespace {

using namespace std::chrono_literals;

/// Knows its own address, and how many of its kind live: a copy bit by bit, or a second
/// destruction, shows.
class Witness {
 public:
  explicit Witness(int value) : value_(value) { ++living; }
  Witness(const Witness& other) : value_(other.value()) { ++living; }
  Witness(Witness&& other) noexcept : value_(other.value()) { ++living; }
  Witness& operator=(Witness other) noexcept {
    value_ = other.value();
    return *this;
  }
  ~Witness() {
    broken += self_ != this;
    self_ = nullptr;
    --living;
  }
  int value() const {
    broken += self_ != this;
    return value_;
  }

  static inline int living = 0, broken = 0;

 private:
  Witness* self_ = this;
  int value_;
};

aio::Coro<int> read(Witness witness) {
  co_await aio::sleep(1ms);
  co_return witness.value();
}
aio::Coro<Witness> pass(Witness witness) { co_return witness; }
aio::Coro<int> read_reference(const Witness& witness) {
  co_await aio::sleep(1ms);
  co_return witness.value();
}

void expect_sound(aio::Coro<int> program, int result) {
  Witness::living = Witness::broken = 0;
  EXPECT_EQ(tests::run_virtual(std::move(program)), result);
  EXPECT_EQ(Witness::living, 0);
  EXPECT_EQ(Witness::broken, 0);
}

template <class Awaitable>
constexpr bool awaits_safely =
    !std::is_aggregate_v<std::remove_cvref_t<Awaitable>> &&
    !std::is_aggregate_v<
        std::remove_cvref_t<decltype(aio::detail::get_awaiter(std::declval<Awaitable>()))>>;

static_assert(awaits_safely<aio::Coro<std::string>>);
static_assert(awaits_safely<aio::Future<std::string>> && awaits_safely<aio::Future<std::string>&>);
static_assert(awaits_safely<aio::Task<std::string>> && awaits_safely<aio::Task<std::string>&>);
static_assert(awaits_safely<decltype(aio::sleep(1ms))>);
static_assert(awaits_safely<decltype(aio::sleep(1ms, std::string()))>);
static_assert(awaits_safely<decltype(aio::gather(pass(Witness(1))))>);
static_assert(awaits_safely<decltype(aio::wait_for(pass(Witness(1)), 1s))>);
static_assert(awaits_safely<decltype(aio::shield(pass(Witness(1))))>);

TEST(Gcc12Coroutines, ArgumentsInsideAnAwait) {
  expect_sound([]() -> aio::Coro<int> { co_return co_await read(Witness(7)); }(), 7);
}

TEST(Gcc12Coroutines, TemporariesByReference) {
  expect_sound([]() -> aio::Coro<int> { co_return co_await read_reference(Witness(7)); }(), 7);
}

TEST(Gcc12Coroutines, ResultsOfAwaits) {
  expect_sound(
      []() -> aio::Coro<int> {
        co_return (co_await pass(Witness(3))).value() + (co_await pass(Witness(4))).value();
      }(),
      7);
}

TEST(Gcc12Coroutines, AwaitsInsideArguments) {
  expect_sound([]() -> aio::Coro<int> { co_return co_await read(co_await pass(Witness(7))); }(), 7);
}

TEST(Gcc12Coroutines, SleepWithAResult) {
  expect_sound(
      []() -> aio::Coro<int> { co_return (co_await aio::sleep(1ms, Witness(7))).value(); }(), 7);
}

TEST(Gcc12Coroutines, TasksMadeInsideAnAwait) {
  expect_sound([]() -> aio::Coro<int> { co_return co_await aio::create_task(read(Witness(7))); }(),
               7);
}

TEST(Gcc12Coroutines, GatherOfTemporaries) {
  expect_sound(
      []() -> aio::Coro<int> {
        auto [a, b] = co_await aio::gather(read(Witness(3)), read(Witness(4)));
        co_return a + b;
      }(),
      7);
}

TEST(Gcc12Coroutines, WaitForATemporary) {
  expect_sound(
      []() -> aio::Coro<int> {
        co_return (co_await aio::wait_for(pass(Witness(7)), 1s)).value();
      }(),
      7);
}

TEST(Gcc12Coroutines, ExceptionsPastTemporaries) {
  expect_sound(
      []() -> aio::Coro<int> {
        const auto fail = [](Witness) -> aio::Coro<int> {
          throw 7;
          co_return 0;
        };
        try {
          co_return co_await fail(Witness(1));
        } catch (int thrown) {
          co_return thrown;
        }
      }(),
      7);
}

aio::Coro<int> one() { co_return 1; }

TEST(Gcc12Coroutines, AwaitsThatCompleteAtOnceLeaveTheStackAlone) {
  expect_sound(
      []() -> aio::Coro<int> {
        int sum = 0;
        for (int i = 0; i < 1'000'000; ++i) sum += co_await one();
        co_return sum;
      }(),
      1'000'000);
}

}  // namespace
