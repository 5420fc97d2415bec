#include "scarce.hpp"

#include <cstdlib>
#include <limits>
#include <new>

namespace {

constexpr std::size_t plenty = std::numeric_limits<std::size_t>::max();
constinit thread_local std::size_t blocks_left = plenty;
constinit thread_local std::size_t blocks_refused = 0;

void* allocate(std::size_t size, std::size_t alignment) {
  if (blocks_left == 0) {
    ++blocks_refused;
    throw std::bad_alloc();
  }
  if (blocks_left != plenty) --blocks_left;
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  if (void* block = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) return block;
  throw std::bad_alloc();
}

}  // namespace

namespace tests {

Scarce::Scarce(std::size_t blocks) {
  blocks_left = blocks;
  blocks_refused = 0;
}
Scarce::~Scarce() { blocks_left = plenty; }
std::size_t Scarce::refused() { return blocks_refused; }

}  // namespace tests

// The array and nothrow forms of the standard library end up in these.
void* operator new(std::size_t size) { return allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
