// Says: co_await is missing
#include <aio/aio.hpp>

using namespace std::chrono_literals;

aio::Coro<int> answer() { co_return 42; }

aio::Coro<int> twice() {
  const int value = answer();  // here
  co_return value * 2;
}
