#include "support/threads.hpp"

#include <atomic>
#include <memory>

#include <dlfcn.h>
#include <pthread.h>

namespace {

std::atomic<int> living = 1, most = 1;
[[maybe_unused]] const int forked_children_count_anew =
    pthread_atfork(nullptr, nullptr, [] { living = most = 1; });

struct Start {
  void* (*body)(void*);
  void* argument;
};

void count_one_more() {
  const int now = ++living;
  int peak = most;
  while (now > peak && !most.compare_exchange_weak(peak, now)) {
  }
}

void* run_counted(void* given) {
  const Start start = *std::unique_ptr<Start>(static_cast<Start*>(given));
  void* result = start.body(start.argument);
  --living;
  return result;
}

}  // namespace

// Stands before the C library's function of the same name.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*body)(void*), void* argument) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  auto start = std::make_unique<Start>(body, argument);
  count_one_more();
  const int error = create(thread, attributes, run_counted, start.get());
  if (error == 0) {
    (void)start.release();
  } else {
    --living;
  }
  return error;
}

namespace bench {
int most_threads() { return most; }
}  // namespace bench
