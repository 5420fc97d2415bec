// Says: given with co_return
#include <aio/aio.hpp>

using namespace std::chrono_literals;

aio::Coro<int> answer() {
  co_await aio::sleep(1ms);
  return 42;  // here
}
