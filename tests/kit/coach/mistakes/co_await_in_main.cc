// Says: main() is no coroutine
#include <aio/aio.hpp>

aio::Coro<> work();

int main() {
  co_await work();  // here
}
