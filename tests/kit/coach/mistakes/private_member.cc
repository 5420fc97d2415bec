// Says: Only the class itself
#include <aio/aio.hpp>

aio::Coro<> work();

void look() {
  aio::Coro<> coro = work();
  coro.frame_.reset();  // here
}
