// Says: co_await is missing
#include <aio/aio.hpp>

aio::Coro<int> answer() { co_return 42; }

aio::Coro<bool> is_right() {
  if (answer() == 42) co_return true;  // here
  co_return false;
}
