#pragma once
// Recycles small blocks through free lists, one per size class and thread: what a task needs is
// allocated in about a nanosecond, and nothing is allocated once a program has warmed up.

#include <array>
#include <cstddef>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define AIO_POOL_RECYCLES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AIO_POOL_RECYCLES 0  // a recycled block would hide its use after free
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
    Block*& first = free_[class_of(size)];
    if (first == nullptr) return fresh(size);
    Block* block = first;
    first = block->next;
    return block;
  }

  /// REQUIRES: `block` came from allocate(size).
  static void release(void* block, std::size_t size) noexcept {
    if (!recycles(size)) return ::operator delete(block);
    Block*& first = free_[class_of(size)];
    first = new (block) Block{first};
  }

 private:
  struct Block {
    Block* next;
  };
  static constexpr std::size_t granule = 32, classes = 32;  // blocks up to 1 KiB are recycled

  struct Cleaner {
    ~Cleaner() {
      for (Block*& first : free_) {
        while (Block* block = first) {
          first = block->next;
          ::operator delete(block);
        }
      }
    }
  };

  static constexpr bool recycles(std::size_t size) {
    return AIO_POOL_RECYCLES && size != 0 && size <= granule * classes;
  }
  static constexpr std::size_t class_of(std::size_t size) { return (size - 1) / granule; }

  // Only the slow path touches the cleaner, so the fast one needs no check for its construction.
  static void* fresh(std::size_t size) {
    static thread_local Cleaner cleaner;
    (void)cleaner;
    return ::operator new((class_of(size) + 1) * granule);
  }

  static constinit thread_local std::array<Block*, classes> free_;
};

inline constinit thread_local std::array<Pool::Block*, Pool::classes> Pool::free_{};

/// Base of what is allocated from the pool by new and delete.
struct Pooled {
  static void* operator new(std::size_t size) { return Pool::allocate(size); }
  static void operator delete(void* block, std::size_t size) noexcept {
    Pool::release(block, size);
  }
};

}  // namespace aio
