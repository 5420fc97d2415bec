// Exercise use-12d. Check it with: ./learn check use-12d
// use-12d: connections that are lent, and lent again.

#include <utility>

#include <aio/connect.hpp>
#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/stream.hpp>
#include <aio/support/todo.hpp>

#include "pool.hpp"

//: use-12d one that is still good, or a new one
aio::Coro<aio::Stream> Pool::take() {
  AIO_TODO("use-12d", "one that is still good, or a new one");
}

//: use-12d lend it, and whatever happens, take it back or let it go
aio::Coro<> Pool::with(Work work) {
  AIO_TODO("use-12d", "lend it, and whatever happens, take it back or let it go");
}
