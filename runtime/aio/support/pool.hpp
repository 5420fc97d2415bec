#pragma once
// Recycles small blocks through free lists, one per size class and thread: what a task needs is
// allocated in about a nanosecond, and nothing is allocated once a program has warmed up.
//
// New blocks are cut from slices of memory, one behind the other: no header stands between them,
// and what is made together lies together. Slices are never given back; what a thread leaves when
// it ends is for the next one.

#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>
#include <new>
#include <utility>

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

/// Allocates blocks by size class. A block may be given back on another thread; it is then that
/// thread's to recycle. Throws std::bad_alloc like operator new.
class Pool {
 public:
  static void* allocate(std::size_t size) {
    if (!recycles(size)) return ::operator new(size);
    Block*& first = mine_.free[class_of(size)];
    if (first == nullptr) return fresh(size);
    return std::exchange(first, first->next);
  }

  /// REQUIRES: `block` came from allocate(size).
  static void release(void* block, std::size_t size) noexcept {
    if (!recycles(size)) return ::operator delete(block);
    Block*& first = mine_.free[class_of(size)];
    first = new (block) Block{first};
  }

 private:
  static constexpr std::size_t granule = 16, classes = 64;  // blocks up to 1 KiB are recycled
  static constexpr std::size_t slice_size = 1 << 16;

  struct Block {
    Block* next;
  };
  /// What a thread has.
  struct Stock {
    std::array<Block*, classes> free{};
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
  static void* cut(std::size_t size);

  static constinit thread_local Stock mine_;
};

inline constinit thread_local Pool::Stock Pool::mine_{};

/// Has a stock as long as its thread lives: one that another thread has left, or a new one.
class Pool::Lease {
 public:
  Lease() : stock_(used() ? new Stock : take()) {
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
    return std::any_of(mine_.free.begin(), mine_.free.end(), [](Block* block) { return block; });
  }
  static Stock* take() {
    const std::lock_guard lock(mutex_);
    if (left_ == nullptr) return new Stock;
    return std::exchange(left_, left_->next);
  }

  static inline constinit std::mutex mutex_;
  static inline constinit Stock* left_ = nullptr;
  Stock* stock_;
};

/// Only this slow path touches the lease, so the fast one needs no check for its construction.
[[gnu::noinline]] inline void* Pool::fresh(std::size_t size) {
  static thread_local const Lease lease;
  (void)lease;
  Block*& first = mine_.free[class_of(size)];
  return first != nullptr ? std::exchange(first, first->next) : cut((class_of(size) + 1) * granule);
}

inline void* Pool::cut(std::size_t size) {
  if (mine_.room < size) {
    mine_.slice = static_cast<std::byte*>(::operator new(slice_size));
    mine_.room = slice_size;
  }
  mine_.room -= size;
  return std::exchange(mine_.slice, mine_.slice + size);
}

/// Base of what is allocated from the pool by new and delete.
struct Pooled {
  static void* operator new(std::size_t size) { return Pool::allocate(size); }
  static void operator delete(void* block, std::size_t size) noexcept {
    Pool::release(block, size);
  }
};

}  // namespace aio
