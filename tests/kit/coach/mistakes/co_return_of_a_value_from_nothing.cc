// Says: returns nothing, but co_return has a value
#include <aio/aio.hpp>

aio::Coro<> work() {
  co_return 42;  // here
}
