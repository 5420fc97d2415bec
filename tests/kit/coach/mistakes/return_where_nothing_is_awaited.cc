// Says: given with co_return
#include <aio/aio.hpp>

aio::Coro<int> answer() {
  return 42;  // here
}
