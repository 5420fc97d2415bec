#pragma once
// Exercise fix-10b: a few seats, and many who want one.

#include <aio/coro.hpp>
#include <aio/lock.hpp>

class BoxOffice {
 public:
  explicit BoxOffice(int seats) : left_(seats) {}

  /// How many seats are not sold.
  int left() const { return left_; }

  /// Sells a seat: awaits `payment`, then takes the seat. Returns false, without asking for
  /// payment, when all seats are sold. Buyers are served in the order in which they come. A payment
  /// that fails or is cancelled sells nothing: its seat is for the next buyer.
  aio::Coro<bool> buy(aio::Coro<> payment);

 private:
  int left_;
  aio::Lock counter_;  // one buyer at a time
};
