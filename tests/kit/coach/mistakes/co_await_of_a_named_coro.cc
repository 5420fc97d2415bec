// Says: co_await std::move(coro)
#include <aio/aio.hpp>

aio::Coro<int> answer();

aio::Coro<int> twice() {
  aio::Coro<int> coro = answer();
  co_return 2 * co_await coro;  // here
}
