// Says: co_await is missing
#include <aio/aio.hpp>

aio::Coro<int> answer();
int twice(int value);

aio::Coro<int> work() {
  co_return twice(answer());  // here
}
