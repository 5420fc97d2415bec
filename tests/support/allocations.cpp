#include "support/allocations.hpp"

#include <cstdlib>
#include <new>

#include "support/sanitized.hpp"

namespace {
constinit thread_local std::size_t allocations = 0;
}

namespace tests {
std::size_t allocations_so_far() { return allocations; }
bool AllocationCount::works() { return !TESTS_SANITIZED; }
}  // namespace tests

#if !TESTS_SANITIZED
// The array and nothrow forms of the standard library end up in these.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<std::size_t>(alignment);
  const std::size_t whole = (size + align - 1) / align * align;
  if (void* block = std::aligned_alloc(align, whole == 0 ? align : whole)) return block;
  throw std::bad_alloc();
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
#endif
