// Uses what is installed. Unoptimised, the long chain of awaits shows that the package brings the
// compiler flag that coroutines need.

#include <cstdio>

#if !defined(AIO_DESTROYS_TWICE) || !defined(AIO_SPOILS_CONDITIONAL_AWAIT) || \
    !defined(AIO_AWAITS_WHAT_IS_SKIPPED) || !defined(AIO_DESTROYS_CHOSEN_TWICE)
#error "find_package() has not tried out which faults this compiler has"
#endif

#include <aio/aio.hpp>

namespace {

aio::Coro<int> one() { co_return 1; }

aio::Coro<int> count() {
  int sum = 0;
  for (int i = 0; i < 200'000; ++i) sum += co_await one();
  co_return sum;
}

}  // namespace

int main() {
  const int sum = aio::run(count());
  std::printf("%d\n", sum);
  return sum == 200'000 ? 0 : 1;
}
