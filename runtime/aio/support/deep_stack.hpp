#pragma once
// A stack for what nests as deep as a program's data.
//
// A coroutine that is destroyed while it waits destroys the one that it waits for, and so on: as
// many calls as there are awaits, one inside the other. Two hundred thousand of them are more than
// a thread's stack holds. This one has a gigabyte of addresses, and takes memory only as far as it
// is used. Sanitizers keep accounts of stacks, so in their builds the thread's own is used.

#include <cstddef>
#include <utility>

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

namespace aio::detail {

/// Addresses for a stack, with a page below it that nobody may touch; or none.
class DeepStack {
 public:
  static constexpr std::size_t size = std::size_t{1} << 30;

  DeepStack() noexcept {
    void* const got = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (got == MAP_FAILED) return;
    base_ = got;
    ::mprotect(base_, static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)), PROT_NONE);
  }
  DeepStack(const DeepStack&) = delete;
  DeepStack& operator=(const DeepStack&) = delete;
  ~DeepStack() {
    if (base_ != nullptr) ::munmap(base_, size);
  }
  void* base() const { return base_; }

 private:
  void* base_ = nullptr;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool stacks_are_watched = true;
#elif defined(__has_feature)
inline constexpr bool stacks_are_watched =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool stacks_are_watched = false;
#endif

template <class Work>
inline constinit thread_local Work* work_below = nullptr;  // what a new stack begins with

template <class Work>
void run_below() {
  (*std::exchange(work_below<Work>, nullptr))();
}

/// Calls `work` on a deep stack, or, if there is no room for one, on this one. REQUIRES: nothing
/// is thrown out of it.
template <class Work>
void on_deep_stack(Work work) noexcept {
  const DeepStack stack;
  ucontext_t here, below;
  if (stacks_are_watched || stack.base() == nullptr || ::getcontext(&below) != 0) return work();
  below.uc_stack.ss_sp = stack.base();
  below.uc_stack.ss_size = DeepStack::size;
  below.uc_link = &here;
  ::makecontext(&below, &run_below<Work>, 0);
  work_below<Work> = &work;
  if (::swapcontext(&here, &below) != 0) work();
}

}  // namespace aio::detail
