// What the runtime's layers stand on, where their own tests do not reach: aio/support/.

#include <algorithm>
#include <array>
#include <cstddef>
#include <latch>
#include <memory>
#include <new>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <aio/support/list.hpp>
#include <aio/support/mailbox.hpp>
#include <aio/support/pool.hpp>

#include "support/allocations.hpp"

namespace {

// ── the pool ──

std::vector<void*> take_blocks(std::size_t count, std::size_t size) {
  std::vector<void*> blocks(count);
  for (void*& block : blocks) block = aio::Pool::allocate(size);
  return blocks;
}

void give_back(const std::vector<void*>& blocks, std::size_t size) {
  for (void* block : blocks) aio::Pool::release(block, size);
}

TEST(Pool, ABlockIsAsLargeAndAsAlignedAsItIsAskedFor) {
  for (std::size_t size = 1; size <= 2000; size += 7) {
    const auto blocks = take_blocks(20, size);
    unsigned char mark = 0;  // another one for each block, so that an overlap shows
    for (void* block : blocks) {
      EXPECT_EQ(reinterpret_cast<std::size_t>(block) % alignof(std::max_align_t), 0U);
      std::fill_n(static_cast<unsigned char*>(block), size, ++mark);
    }
    mark = 0;
    for (void* block : blocks) {
      const auto* bytes = static_cast<unsigned char*>(block);
      EXPECT_EQ(std::count(bytes, bytes + size, ++mark), static_cast<std::ptrdiff_t>(size))
          << "two blocks share memory";
    }
    give_back(blocks, size);
  }
}

TEST(Pool, AThreadUsesWhatTheOneBeforeHasLeft) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer recycles nothing";
  constexpr std::size_t count = 5000, size = 100;
  const auto work = [] { give_back(take_blocks(count, size), size); };
  std::jthread(work).join();
  for (int i = 0; i < 3; ++i) {
    std::jthread([&work] {
      const tests::AllocationCount allocations;
      work();
      EXPECT_EQ(allocations.made(), 1U) << "the vector of the test alone";
    }).join();
  }
}

/// One thread allocates, another frees, as when coroutines are made here and run there.
void hand_over_and_free(std::size_t rounds, std::size_t count, std::size_t size) {
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto blocks = take_blocks(count, size);
    std::jthread([&] { give_back(blocks, size); }).join();
  }
}

TEST(Pool, MemoryIsBoundedWhoeverFreesIt) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer recycles nothing";
  constexpr std::size_t count = 5000, size = 160;
  hand_over_and_free(10, count, size);  // chains of blocks are on their way between the two
  const tests::AllocationCount allocations;
  hand_over_and_free(100, count, size);
  EXPECT_LT(allocations.made(), 1000U) << "a vector and a thread for each round, and no slice";
}

TEST(Pool, AThreadThatOnlyFreesKeepsLittle) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer recycles nothing";
  constexpr std::size_t size = 272, count = 20'000;
  const auto blocks = take_blocks(count, size);
  std::latch freed(1), may_end(1);
  std::jthread other([&] {
    give_back(blocks, size);
    freed.count_down();
    may_end.wait();
  });
  freed.wait();
  const tests::AllocationCount allocations;
  const auto again = take_blocks(count, size);  // while the other thread is still there
  const std::size_t slices = allocations.made() - 1;
  may_end.count_down();
  EXPECT_LE(slices * 65536, 4 * 256 * size + 65536) << "what the other one keeps";
  give_back(again, size);
}

struct alignas(64) Wide final : aio::Pooled {
  std::array<char, 100> bytes{};
};

TEST(Pool, WhatNeedsMoreAlignmentGetsIt) {
  std::vector<std::unique_ptr<Wide>> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(std::make_unique<Wide>());
    EXPECT_EQ(reinterpret_cast<std::size_t>(all.back().get()) % alignof(Wide), 0U);
  }
}

TEST(Pool, ThreadsAtOneTimeShareNothing) {
  std::vector<std::vector<void*>> taken(4);
  {
    std::vector<std::jthread> threads;
    for (auto& blocks : taken) threads.emplace_back([&blocks] { blocks = take_blocks(1000, 64); });
  }
  std::set<void*> all;
  for (const auto& blocks : taken) all.insert(blocks.begin(), blocks.end());
  EXPECT_EQ(all.size(), 4000U);
  for (const auto& blocks : taken) give_back(blocks, 64);  // made there, recycled here
}

// ── the mailbox ──

struct Node : aio::Link<> {
  explicit Node(int given) : number(given) {}
  std::size_t mailed = 0;
  const int number;
};
using Mailbox = aio::Mailbox<Node, int>;

/// What a mailbox hands out; an out-of-memory error comes before `failing`, once.
std::vector<int> taken_from(Mailbox& mailbox, int failing = -1) {
  std::vector<int> taken;
  const auto take = [&](int number) {
    if (number == failing) throw std::bad_alloc();
    taken.push_back(number);
  };
  try {
    mailbox.take_all([&](Node& node) { take(node.number); }, take);
  } catch (const std::bad_alloc&) {
  }
  return taken;
}

TEST(Mailbox, KeepsWhatCouldNotBeHandedOut) {
  Mailbox mailbox;
  Node one(1), three(3);
  mailbox.put(0);
  mailbox.put(one);
  mailbox.put(2);
  mailbox.put(three);
  EXPECT_EQ(taken_from(mailbox, 2), (std::vector{0, 1}));
  mailbox.put(4);
  EXPECT_EQ(taken_from(mailbox), (std::vector{2, 3, 4}));
  EXPECT_EQ(taken_from(mailbox), std::vector<int>());
}

TEST(Mailbox, TakesNothingOnceItIsClosed) {
  Mailbox mailbox;
  mailbox.put(0);
  std::vector<int> dropped;
  mailbox.close([](Node&) {}, [&](int number) { dropped.push_back(number); });
  EXPECT_EQ(dropped, std::vector{0});
  Node late(1);
  EXPECT_FALSE(mailbox.put(late));
  EXPECT_FALSE(mailbox.put(2));
  EXPECT_EQ(taken_from(mailbox), std::vector<int>());
}

TEST(Mailbox, ManyThreadsPutIn) {
  Mailbox mailbox;
  std::vector<int> taken;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&mailbox, i] {
        for (int j = 0; j < 5000; ++j) mailbox.put(i * 5000 + j);
      });
    }
    while (taken.size() < 20000) {
      const auto more = taken_from(mailbox);
      taken.insert(taken.end(), more.begin(), more.end());
    }
  }
  std::array<int, 4> next = {0, 5000, 10000, 15000};
  for (const int number : taken) {
    EXPECT_EQ(number, next.at(static_cast<std::size_t>(number / 5000))++) << "out of its order";
  }
}

}  // namespace
