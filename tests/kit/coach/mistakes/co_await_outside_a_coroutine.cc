// Says: aio::Coro<> instead of void
#include <aio/aio.hpp>

using namespace std::chrono_literals;

void work() {  // here with clang
  co_await aio::sleep(1ms);  // here
}
