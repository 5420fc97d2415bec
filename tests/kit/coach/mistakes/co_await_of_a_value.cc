// Says: This cannot be awaited
#include <aio/aio.hpp>

aio::Coro<int> twice() {
  int value = 1;
  co_return 2 * co_await value;  // here
}
