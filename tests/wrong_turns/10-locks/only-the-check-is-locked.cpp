// Name: Locking the check, and not what follows from it
// Says: between your check and the taking of the seat others check too, and see the same seat
// Caught-by: Fix10b_BoxOffice.NoSeatIsSoldTwice

aio::Coro<bool> BoxOffice::buy(aio::Coro<> payment) {
  co_await counter_.acquire();
  const bool sold_out = left_ == 0;
  counter_.release();
  if (sold_out) co_return false;
  co_await std::move(payment);
  --left_;
  co_return true;
}
