#include "heap.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace soak {
namespace {

std::atomic<long> blocks, bytes;

long size_of(void* block) { return static_cast<long>(malloc_usable_size(block)); }

}  // namespace

Heap heap_in_use() { return {blocks, bytes}; }

}  // namespace soak

void* operator new(std::size_t size) {
  void* const block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  soak::blocks.fetch_add(1, std::memory_order_relaxed);
  soak::bytes.fetch_add(soak::size_of(block), std::memory_order_relaxed);
  return block;
}

void operator delete(void* block) noexcept {
  if (block == nullptr) return;
  soak::blocks.fetch_sub(1, std::memory_order_relaxed);
  soak::bytes.fetch_sub(soak::size_of(block), std::memory_order_relaxed);
  std::free(block);
}

void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
