// Exercise fix-10b. Check it with: ./learn check fix-10b
// fix-10b: what is checked must still be true when it is used.

#include <utility>

#include <aio/coro.hpp>

#include "box_office.hpp"

aio::Coro<bool> BoxOffice::buy(aio::Coro<> payment) {
  if (left_ == 0) co_return false;
  co_await std::move(payment);
  --left_;
  co_return true;
}
