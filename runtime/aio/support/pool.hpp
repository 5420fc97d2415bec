#pragma once
// Recycles small blocks through free lists, one per size class and thread: what a task needs is
// allocated in about a nanosecond, and nothing is allocated once a program has warmed up.
//
// New blocks are cut from slices of memory, one behind the other: no header stands between them,
// and what is made together lies together. Slices are never given back; what a thread leaves when
// it ends is for the next one. A thread that frees more than it allocates, because others allocate
// for it, keeps two chains of blocks of a size and hands the rest over, a chain at a time: memory
// grows with what is in use at once, whoever frees it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>

#include <pthread.h>

// Set it to 0 where every block is to be the allocator's own: a recycled one hides that it is used
// after it was given back, and one that is lost lies in a slice that is kept.
#if !defined(AIO_POOL_RECYCLES) && defined(__SANITIZE_ADDRESS__)
#define AIO_POOL_RECYCLES 0
#elif !defined(AIO_POOL_RECYCLES) && defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AIO_POOL_RECYCLES 0
#endif
#endif
#ifndef AIO_POOL_RECYCLES
#define AIO_POOL_RECYCLES 1
#endif

namespace aio {

/// Allocates blocks by size class, aligned for every type that needs no more than operator new()
/// gives. A block may be given back on another thread. Throws std::bad_alloc like operator new.
class Pool {
 public:
  static void* allocate(std::size_t size) {
    if (!recycles(size)) return ::operator new(size);
    Block*& first = mine_.free[class_of(size)];
    if (first == nullptr) return fresh(size);
    ++mine_.until_full[class_of(size)];
    return std::exchange(first, first->next);
  }

  /// REQUIRES: `block` came from allocate(size).
  [[gnu::always_inline]] static void release(void* block, std::size_t size) noexcept {
    if (!recycles(size)) return release_large(block);
    Block*& first = mine_.free[class_of(size)];
    first = new (block) Block(first);
    if (--mine_.until_full[class_of(size)] == 0) [[unlikely]]
      return hand_over(class_of(size));
  }

 private:
  static constexpr std::size_t granule = 16, classes = 64;  // blocks up to 1 KiB are recycled
  static constexpr std::size_t slice_size = 1 << 16;
  static constexpr std::int32_t chain = 256;  // blocks that change hands together, or more

  struct Block {
    explicit Block(Block* after) : next(after) {}
    Block* next;
    Block* next_chain;  // of the first one of a chain that nobody has
  };
  // By itself, since GCC 12 warns where release() is inlined and allocate() is not, as if they did
  // not match.
  static void release_large(void* block) noexcept { ::operator delete(block); }

  /// How many more blocks of a size a thread may keep until it parts with a chain of them.
  struct UntilFull {
    constexpr UntilFull() { left.fill(chain); }
    constexpr std::int32_t& operator[](std::size_t size_class) { return left[size_class]; }
    std::array<std::int32_t, classes> left{};
  };
  /// What a thread has. Of each size: free blocks, and a chain to spare or none, so that the border
  /// between the two is not crossed again and again.
  struct Stock {
    std::array<Block*, classes> free{}, spare{};
    UntilFull until_full;
    std::byte* slice = nullptr;  // from where it has not been cut
    std::size_t room = 0;        // how much that is
    Stock* next = nullptr;       // of those that nobody has
  };
  class Lease;

  static constexpr bool recycles(std::size_t size) {
    return AIO_POOL_RECYCLES && size != 0 && size <= granule * classes;
  }
  static constexpr std::size_t class_of(std::size_t size) { return (size - 1) / granule; }

  static void* fresh(std::size_t size);
  static void hand_over(std::size_t size_class) noexcept;
  static bool refill(std::size_t size_class) noexcept;
  static void* cut(std::size_t size);

  static constinit thread_local Stock mine_;
  static inline constinit std::mutex mutex_;                      // for what follows
  static inline constinit std::array<Block*, classes> chains_{};  // of each size, that nobody has
  static inline constinit Stock* left_ = nullptr;
};

inline constinit thread_local Pool::Stock Pool::mine_{};

/// Has a stock as long as its thread lives: one that another thread has left, or a new one.
class Pool::Lease {
 public:
  Lease() : stock_(used() ? new Stock : take()) {
    static const int never_copied_locked =
        ::pthread_atfork([] { mutex_.lock(); }, [] { mutex_.unlock(); }, [] { mutex_.unlock(); });
    static_cast<void>(never_copied_locked);
    if (!used()) mine_ = *stock_;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    const std::lock_guard lock(mutex_);
    *stock_ = std::exchange(mine_, Stock());
    stock_->next = std::exchange(left_, stock_);
  }

 private:
  /// Has this thread got blocks before it asked for any? (Others may have made them.)
  static bool used() {
    return std::ranges::any_of(mine_.free, [](Block* block) { return block != nullptr; });
  }
  static Stock* take() {
    const std::lock_guard lock(mutex_);
    if (left_ == nullptr) return new Stock;
    return std::exchange(left_, left_->next);
  }

  Stock* stock_;
};

/// Only this slow path touches the lease, so the fast one needs no check for its construction.
[[gnu::noinline]] inline void* Pool::fresh(std::size_t size) {
  static thread_local const Lease lease;
  (void)lease;
  const std::size_t size_class = class_of(size);
  Block*& first = mine_.free[size_class];
  if (first == nullptr && !refill(size_class)) return cut((size_class + 1) * granule);
  ++mine_.until_full[size_class];
  return std::exchange(first, first->next);
}

/// The free blocks become the spare chain, and the one that was goes to whoever needs it.
[[gnu::cold, gnu::noinline]] inline void Pool::hand_over(std::size_t size_class) noexcept {
  mine_.until_full[size_class] = chain;
  Block* const full = std::exchange(mine_.free[size_class], nullptr);
  Block* const surplus = std::exchange(mine_.spare[size_class], full);
  if (surplus == nullptr) return;
  const std::lock_guard lock(mutex_);
  surplus->next_chain = std::exchange(chains_[size_class], surplus);
}

/// Gets a chain: the spare one, or one that another thread had too much. Returns false when there
/// is none. Its blocks do not count: as many again may be freed before any are handed over.
/// REQUIRES: no block is free.
inline bool Pool::refill(std::size_t size_class) noexcept {
  Block*& first = mine_.free[size_class];
  first = std::exchange(mine_.spare[size_class], nullptr);
  if (first == nullptr) {
    const std::lock_guard lock(mutex_);
    first = chains_[size_class];
    if (first == nullptr) return false;
    chains_[size_class] = first->next_chain;
  }
  mine_.until_full[size_class] = chain;
  return true;
}

inline void* Pool::cut(std::size_t size) {
  if (mine_.room < size) {
    mine_.slice = static_cast<std::byte*>(::operator new(slice_size));
    mine_.room = slice_size;
  }
  mine_.room -= size;
  return std::exchange(mine_.slice, mine_.slice + size);
}

/// Base of what is allocated from the pool by new and delete. What needs more alignment than the
/// pool gives comes from the allocator.
struct Pooled {
  static void* operator new(std::size_t size) { return Pool::allocate(size); }
  [[gnu::always_inline]] static void operator delete(void* block, std::size_t size) noexcept {
    Pool::release(block, size);
  }
  static void* operator new(std::size_t size, std::align_val_t alignment) {
    return ::operator new(size, alignment);
  }
  static void operator delete(void* block, std::size_t size, std::align_val_t alignment) noexcept {
    ::operator delete(block, size, alignment);
  }
};

}  // namespace aio
