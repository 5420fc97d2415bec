// Says: co_return needs one here
#include <aio/aio.hpp>

aio::Coro<int> work() {
  co_return;  // here
}
